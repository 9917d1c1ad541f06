package function

import "time"

var timeMinuteFunc = timePart("time:minute", "Writes the minute of the hour, from 0 to 59.",
	"",
	func(t time.Time) int { return t.Minute() },
	Example{
		Query: `time:minute(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_minute\":\"58\"}\n{\"seen\":\"1609646706789\",\"_minute\":\"5\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:minute(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"28"}`,
	},
)
