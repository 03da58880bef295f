// Package spec holds the promise as data: the description of the API and the
// list of requirements, and the views through which the harness reads them.
// Nothing else parses OpenAPI.
package spec

import _ "embed"

//go:embed qorcommerce.yaml
var qorcommerce []byte

// QorCommerce returns the description of the QorCommerce API, an OpenAPI
// 3.0.3 document in YAML. The caller may change the bytes.
func QorCommerce() []byte { return append([]byte(nil), qorcommerce...) }

// BuiltIn reports whether the description is the built-in one.
func (d *Description) BuiltIn() bool { return d.Digest == sha256Of(qorcommerce) }
