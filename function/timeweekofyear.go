package function

import "time"

var timeWeekOfYearFunc = timePart("time:weekOfYear", "Writes the number of the week, from 1 to 53.",
	"Weeks are those of ISO 8601: they start on Monday, and belong to the year that their Thursday is in. So 31 December may be in week 1, and 1 January in week 52 or 53.",
	func(t time.Time) int { return isoWeek(t) },
	Example{
		Query: `time:weekOfYear(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_weekOfYear\":\"1\"}\n{\"seen\":\"1609646706789\",\"_weekOfYear\":\"53\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:weekOfYear(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"1"}`,
	},
)

func isoWeek(t time.Time) int {
	_, week := t.ISOWeek()
	return week
}
