package function

import "time"

var timeDayOfWeekFunc = timePart("time:dayOfWeek", "Writes the day of the week: 1 for Monday to 7 for Sunday.",
	"",
	func(t time.Time) int { return isoWeekday(t) },
	Example{
		Query: `time:dayOfWeek(seen)`,
		In:    "{\"seen\":\"1735689487045\"}\n{\"seen\":\"1609646706789\"}\n{\"seen\":\"today\"}",
		Out:   "{\"seen\":\"1735689487045\",\"_dayOfWeek\":\"2\"}\n{\"seen\":\"1609646706789\",\"_dayOfWeek\":\"7\"}\n{\"seen\":\"today\"}",
	},
	Example{
		Doc:   "In Kolkata it is five and a half hours later.",
		Query: `part := time:dayOfWeek(seen, timezone="Asia/Kolkata")`,
		In:    `{"seen":"1735689487045"}`,
		Out:   `{"seen":"1735689487045","part":"3"}`,
	},
)

// isoWeekday numbers the days from Monday 1.
func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }
