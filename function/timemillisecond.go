package function

import "time"

var timeMillisecondFunc = timePart("time:millisecond", "Writes the millisecond of the second, from 0 to 999.",
	"",
	func(t time.Time) int { return t.Nanosecond() / 1e6 },
	Example{
		Query: `time:millisecond(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_millisecond\":\"45\"}\n{\"seen\":\"1609646706789\",\"_millisecond\":\"789\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:millisecond(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"45"}`,
	},
)
