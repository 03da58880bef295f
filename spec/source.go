// Package spec holds the promise as data: the description of the API and the
// list of requirements, and the views through which the harness reads them.
// Nothing else parses OpenAPI.
package spec

import _ "embed"

// BuiltInFile is the file of the built-in description, as reports name it.
const BuiltInFile = "spec/qorcommerce.yaml"

//go:embed qorcommerce.yaml
var builtInDescription []byte

// BuiltInDescription returns the description that is used where none is given: that of
// the QorCommerce API, an OpenAPI
// 3.0.3 document in YAML. The caller may change the bytes.
func BuiltInDescription() []byte { return append([]byte(nil), builtInDescription...) }

// BuiltIn reports whether the description is the built-in one.
func (d *Description) BuiltIn() bool { return d.Digest == sha256Of(builtInDescription) }
