package attack

import (
	"encoding/json"
	"io"
)

// Layer is a layer of the ATT&CK Navigator, format 4.5: notes on techniques that
// the Navigator paints onto the matrix. Only what Harrier writes is here; the
// Navigator has defaults for the rest.
type Layer struct {
	Name        string           `json:"name"`
	Versions    LayerVersions    `json:"versions"`
	Domain      string           `json:"domain"`
	Description string           `json:"description"`
	Sorting     int              `json:"sorting"` // 3: highest score first
	Layout      LayerLayout      `json:"layout"`
	Techniques  []LayerTechnique `json:"techniques"`
	Gradient    *LayerGradient   `json:"gradient,omitempty"`
	Legend      []LayerLegend    `json:"legendItems,omitempty"`
	Metadata    []LayerNote      `json:"metadata,omitempty"`
}

// LayerVersions are the versions of a layer.
type LayerVersions struct {
	Attack    string `json:"attack"`
	Navigator string `json:"navigator"`
	Layer     string `json:"layer"`
}

// LayerLayout is how the matrix is shown.
type LayerLayout struct {
	Layout   string `json:"layout"`
	ShowID   bool   `json:"showID"`
	ShowName bool   `json:"showName"`
	Expanded string `json:"expandedSubtechniques"` // none, all or annotated
}

// LayerTechnique is a note on a technique, in every tactic it belongs to.
type LayerTechnique struct {
	ID       string      `json:"techniqueID"`
	Score    int         `json:"score"`
	Color    string      `json:"color,omitempty"` // instead of that of the score
	Comment  string      `json:"comment,omitempty"`
	Enabled  bool        `json:"enabled"`
	Metadata []LayerNote `json:"metadata,omitempty"`
}

// LayerGradient gives scores their colours.
type LayerGradient struct {
	Colors []string `json:"colors"`
	Min    int      `json:"minValue"`
	Max    int      `json:"maxValue"` // more than Min
}

// LayerLegend says what a colour means.
type LayerLegend struct {
	Label string `json:"label"`
	Color string `json:"color"`
}

// LayerNote is a name and a value that the Navigator shows with a technique.
type LayerNote struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// NewLayer makes a layer without techniques. Sub-techniques that get a note are
// shown without a click.
func NewLayer(name, description string) *Layer {
	return &Layer{
		Name: name, Description: description, Domain: "enterprise-attack",
		Versions:   LayerVersions{Attack: Version(), Navigator: "4.9.0", Layer: "4.5"},
		Sorting:    3,
		Layout:     LayerLayout{Layout: "side", ShowID: true, ShowName: true, Expanded: "annotated"},
		Techniques: []LayerTechnique{},
	}
}

// Write writes the layer as the Navigator reads it.
func (l *Layer) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(l)
}
