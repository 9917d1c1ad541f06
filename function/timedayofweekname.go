package function

import "time"

var timeDayOfWeekNameFunc = timeName("time:dayOfWeekName", "Writes the English name of the day of the week.",
	"",
	func(t time.Time) string { return t.Weekday().String() },
	Example{
		Query: `time:dayOfWeekName(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_dayOfWeekName\":\"Tuesday\"}\n{\"seen\":\"1609646706789\",\"_dayOfWeekName\":\"Sunday\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:dayOfWeekName(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"Wednesday"}`,
	},
)
