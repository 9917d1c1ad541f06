package function

import "time"

var timeYearFunc = timePart("time:year", "Writes the year.",
	"",
	func(t time.Time) int { return t.Year() },
	Example{
		Query: `time:year(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_year\":\"2024\"}\n{\"seen\":\"1609646706789\",\"_year\":\"2021\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:year(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"2025"}`,
	},
)
