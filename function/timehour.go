package function

import "time"

var timeHourFunc = timePart("time:hour", "Writes the hour of the day, from 0 to 23.",
	"",
	func(t time.Time) int { return t.Hour() },
	Example{
		Query: `time:hour(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_hour\":\"23\"}\n{\"seen\":\"1609646706789\",\"_hour\":\"4\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:hour(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"5"}`,
	},
)
