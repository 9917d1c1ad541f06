// Package detections carries the built-in pack: one folder per ATT&CK
// technique, and in it one per detection.
package detections

import "embed"

// Files is the pack, rooted at the folder of techniques.
//
//go:embed T*
var Files embed.FS
