package function

import "time"

var timeSecondFunc = timePart("time:second", "Writes the second of the minute, from 0 to 59.",
	"",
	func(t time.Time) int { return t.Second() },
	Example{
		Query: `time:second(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_second\":\"7\"}\n{\"seen\":\"1609646706789\",\"_second\":\"6\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:second(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"7"}`,
	},
)
