package function

import "time"

var timeDayOfMonthFunc = timePart("time:dayOfMonth", "Writes the day of the month, from 1.",
	"",
	func(t time.Time) int { return t.Day() },
	Example{
		Query: `time:dayOfMonth(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_dayOfMonth\":\"31\"}\n{\"seen\":\"1609646706789\",\"_dayOfMonth\":\"3\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:dayOfMonth(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"1"}`,
	},
)
