package spec

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Misfit returns why a decoded JSON value does not match a JSON Schema (2020-12), ""
// when it matches. For an invalid schema it returns what is wrong with that.
func Misfit(schema, value any) string {
	compiled, err := compileExpectation(schema)
	if err != nil {
		return err.Error()
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](compiled.Validate(value))
	if !ok {
		return ""
	}
	for len(invalid.Causes) > 0 {
		invalid = invalid.Causes[0]
	}
	return invalid.ErrorKind.LocalizedString(message.NewPrinter(language.English))
}

// compileExpectation compiles a schema of plain values.
func compileExpectation(schema any) (*jsonschema.Schema, error) {
	data, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("urn:expected", document); err != nil {
		return nil, err
	}
	return compiler.Compile("urn:expected")
}
