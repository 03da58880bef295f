package spec

import "embed"

// Names of the JSON Schemas of files that people write. The first line of such a file
// names its schema, so that editors complete what is typed.
const (
	FixturesSchema     = "fixtures.schema.json"
	RequirementsSchema = "requirements.schema.json"
)

//go:embed fixtures.schema.json requirements.schema.json
var fileSchemas embed.FS

// FileSchema returns the JSON Schema of a name.
func FileSchema(name string) ([]byte, error) { return fileSchemas.ReadFile(name) }

// SchemaLine is the comment by which editors find the schema of a file that it stands beside.
func SchemaLine(name string) string { return "# yaml-language-server: $schema=" + name + "\n" }
