package function

import "harrier/event"

// Fields that tell of an event whose text could not be read.
const (
	errorField   = "@error"
	messageField = "@error_msg"
)

// failures are the messages of the rows of one batch that could not be read.
type failures map[int]string

func (f failures) add(row int, err error) failures {
	if f == nil {
		f = failures{}
	}
	f[row] = err.Error()
	return f
}

// mark writes the error fields of the rows.
func (f failures) mark(b *event.Batch) {
	if len(f) == 0 {
		return
	}
	setWhere(b, errorField, func(row int) (string, bool) {
		_, failed := f[row]
		return "true", failed
	})
	setWhere(b, messageField, func(row int) (string, bool) {
		message, failed := f[row]
		return message, failed
	})
}
