package function

import "time"

var timeDayOfYearFunc = timePart("time:dayOfYear", "Writes the day of the year, from 1 for 1 January to 365 or 366.",
	"",
	func(t time.Time) int { return t.YearDay() },
	Example{
		Query: `time:dayOfYear(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_dayOfYear\":\"366\"}\n{\"seen\":\"1609646706789\",\"_dayOfYear\":\"3\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:dayOfYear(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"1"}`,
	},
)
