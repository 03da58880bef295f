package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pb33f/libopenapi"
	highoverlay "github.com/pb33f/libopenapi/datamodel/high/overlay"
	"github.com/pb33f/libopenapi/overlay"
)

// Amendments are what is given beside a description: overlays, in the order in which
// they are applied, and a folder that holds what references to a network lead to.
type Amendments struct {
	Overlays []Overlay
	Refs     string // "" for none
}

// Overlay is a file of the OpenAPI Overlay standard, 1.0 to 1.2.
type Overlay struct {
	File string
	Data []byte
}

// apply returns a document with the changes of the overlay. An action that matches
// nothing is an error: a misspelling must not leave the document as it was.
func (o Overlay) apply(data []byte) ([]byte, error) {
	parsed, err := libopenapi.NewOverlayDocument(o.Data)
	if err != nil {
		return nil, fmt.Errorf("--overlay %s: %w", o.File, err)
	}
	result, err := overlay.Apply(data, parsed)
	if failed, ok := errors.AsType[*overlay.OverlayError](err); ok {
		return nil, o.failed(parsed, failed.Action, failed.Cause.Error())
	}
	if err != nil {
		return nil, fmt.Errorf("--overlay %s: %w", o.File, err)
	}
	if len(result.Warnings) > 0 {
		return nil, o.failed(parsed, result.Warnings[0].Action, result.Warnings[0].Message)
	}
	return result.Bytes, nil
}

// failed says what is wrong with an action, and on which line it stands.
func (o Overlay) failed(parsed *highoverlay.Overlay, action *highoverlay.Action, why string) error {
	where, target := "", ""
	if action != nil {
		target = "target " + action.Target + ": "
		root, err := ParseYAML(o.Data)
		if list := child(root, "actions"); err == nil && list != nil {
			if i := slices.Index(parsed.Actions, action); i >= 0 && i < len(list.Content) {
				where = fmt.Sprintf("line %d: ", list.Content[i].Line)
			}
		}
	}
	return fmt.Errorf("--overlay %s: %s%s%s", o.File, where, target, strings.TrimSuffix(why, "."))
}
