package evtx

import "strings"

// The path of a value is where it stands in the XML of its event, without the
// root: the names of the elements down to it, and of the attribute, with dots.
// An element of EventData goes by its Name; one that has none is Data[n]. Values
// of one path are told apart by numbers too: Item, Item[1], Item[2].
const (
	TimePath = "System.TimeCreated.SystemTime"

	systemPrefix = "System."
	dataPrefix   = "EventData."
	userPrefix   = "UserData."
)

// systemNames are the names of what stands below System under other names than
// that of its element.
var systemNames = map[string]string{
	"Provider.Name":                 "Provider",
	"Provider.Guid":                 "ProviderGuid",
	"Provider.EventSourceName":      "EventSourceName",
	"EventID.Qualifiers":            "Qualifiers",
	"TimeCreated.SystemTime":        "TimeCreated",
	"Execution.ProcessID":           "ExecutionProcessID",
	"Execution.ThreadID":            "ExecutionThreadID",
	"Correlation.ActivityID":        "ActivityID",
	"Correlation.RelatedActivityID": "RelatedActivityID",
	"Security.UserID":               "UserID",
}

// systemFields are all names that FieldName gives to what stands below System.
// Nothing else is given one of them.
var systemFields = func() map[string]bool {
	out := map[string]bool{}
	for _, n := range []string{"EventID", "Version", "Level", "Task", "Opcode", "Keywords", "EventRecordID", "Channel", "Computer"} {
		out[n] = true
	}
	for _, n := range systemNames {
		out[n] = true
	}
	return out
}()

// IsSystemField tells whether FieldName gives this name to something below System.
func IsSystemField(name string) bool { return systemFields[name] }

// FieldName is the flat name for a path: what stands below System and EventData
// goes by its own name, what stands in the element below UserData by its path from
// there. What has the name of a field of System, or a name that could be taken for
// one of the engine's own, keeps its whole path.
func FieldName(path string) string {
	if name, ok := strings.CutPrefix(path, systemPrefix); ok {
		if short, ok := systemNames[name]; ok {
			return short
		}
		if name == "" || strange(name) {
			return path
		}
		return name
	}
	if path == "RenderingInfo.Message" {
		return "Message"
	}
	name, ok := strings.CutPrefix(path, dataPrefix)
	if !ok {
		if name, ok = strings.CutPrefix(path, userPrefix); ok {
			_, name, ok = strings.Cut(name, ".")
		}
	}
	switch {
	case ok && name != "" && !systemFields[name] && !strange(name):
		return name
	case path == "" || strange(path):
		return "Event." + path
	}
	return path
}

// strange tells whether a name could be taken for one that the engine gives.
func strange(name string) bool { return name[0] == '@' || name[0] == '#' || name[0] == 0 }
