package function

import "time"

var timeMonthFunc = timePart("time:month", "Writes the month, from 1 for January to 12.",
	"",
	func(t time.Time) int { return int(t.Month()) },
	Example{
		Query: `time:month(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_month\":\"12\"}\n{\"seen\":\"1609646706789\",\"_month\":\"1\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:month(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"1"}`,
	},
)
