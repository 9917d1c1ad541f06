package function

import "time"

var timeMonthNameFunc = timeName("time:monthName", "Writes the English name of the month.",
	"",
	func(t time.Time) string { return t.Month().String() },
	Example{
		Query: `time:monthName(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_monthName\":\"December\"}\n{\"seen\":\"1609646706789\",\"_monthName\":\"January\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:monthName(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"January"}`,
	},
)
