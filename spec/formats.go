package spec

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// formats are the string formats that are judged beside that which kin-openapi knows by
// itself (date). Any other format is an annotation: see Unchecked.
var formats = map[string]openapi3.StringFormatValidator{
	"date-time": format("a date and time of RFC 3339", isDateTime),
	"byte": format("base64 of RFC 4648", func(s string) bool {
		_, err := base64.StdEncoding.Strict().DecodeString(s)
		return err == nil && !strings.ContainsAny(s, "\r\n")
	}),
	"email": format("an email address", func(s string) bool {
		a, err := mail.ParseAddress(s)
		return err == nil && a.Address == s || ofStandard("email")(s)
	}),
	"uri": format("an absolute URI", func(s string) bool {
		u, err := url.Parse(s)
		return err == nil && u.IsAbs()
	}),
	"uuid": format("a UUID", uuid.MatchString),
	"ipv4": format("an IPv4 address", func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is4()
	}),
	"ipv6": format("an IPv6 address", func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is6() && a.Zone() == ""
	}),
	"base64url": format("base64url of RFC 4648", func(s string) bool {
		_, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(s, "="))
		return err == nil && !strings.ContainsAny(s, "\r\n")
	}),
	"time":     format("a time of RFC 3339", ofStandard("time")),
	"duration": format("a duration of RFC 3339", ofStandard("duration")),
	"hostname": format("a host name", ofStandard("hostname")),
	"uri-reference": format("a URI or a relative reference", func(s string) bool {
		return !strings.ContainsAny(s, notInIRI) && ofStandard("uri-reference")(s)
	}),
	"uri-template":          format("a URI template", ofStandard("uri-template")),
	"json-pointer":          format("a JSON pointer", ofStandard("json-pointer")),
	"relative-json-pointer": format("a relative JSON pointer", ofStandard("relative-json-pointer")),
	"regex":                 format("a regular expression", Judgeable),
	// Of those that follow only what no such text has is refused.
	"iri":           format("an absolute IRI", absoluteIRI.MatchString),
	"iri-reference": format("an IRI or a relative reference", func(s string) bool { return !strings.ContainsAny(s, notInIRI) }),
	"idn-email":     format("an email address", internationalEmail.MatchString),
	"idn-hostname": format("a host name", func(s string) bool {
		return len(s) < 1000 && !strings.ContainsAny(s, notInIRI+"/?#@:") && !strings.Contains(strings.TrimSuffix(s, "."), "..") && strings.Trim(s, ".") != ""
	}),
}

// notInIRI are characters that no IRI has (RFC 3987, 2.2).
const notInIRI = " \t\r\n<>\"{}|\\^`"

var (
	absoluteIRI        = regexp.MustCompile("^[A-Za-z][A-Za-z0-9+.-]*:[^ \\t\\r\\n<>\"{}|\\\\^`]*$")
	internationalEmail = regexp.MustCompile(`^(?:[^@\s]+|"[^"]+")@[^@\s]+$`)
)

// ofStandard returns what judges texts by a format of JSON Schema.
func ofStandard(name string) func(string) bool {
	return func(text string) bool { return standardFormats()[name].Validate(text) == nil }
}

var standardFormats = sync.OnceValue(func() map[string]*jsonschema.Schema {
	list := map[string]*jsonschema.Schema{}
	for _, name := range []string{"email", "time", "duration", "hostname", "uri-reference", "uri-template", "json-pointer", "relative-json-pointer"} {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		if err := compiler.AddResource("urn:format", map[string]any{"format": name}); err != nil {
			panic(err) // a schema of our own
		}
		list[name] = compiler.MustCompile("urn:format")
	}
	return list
})

var dateTime = regexp.MustCompile(`(?i)^([0-9]{4}-[0-9]{2}-[0-9]{2})t([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:z|([+-])([0-9]{2}):([0-9]{2}))$`)

// isDateTime judges a date and time of RFC 3339, 5.6: in either case of letters, with a
// leap second where there can be one, at the end of a day of UTC.
func isDateTime(text string) bool {
	parts := dateTime.FindStringSubmatch(text)
	if parts == nil || parts[5] > "23" || parts[6] > "59" {
		return false
	}
	at, err := time.Parse("2006-01-02 15:04", parts[1]+" "+parts[2])
	if err != nil || parts[3] > "60" {
		return false
	}
	if parts[3] < "60" {
		return true
	}
	hours, _ := strconv.Atoi(parts[4] + parts[5]) // digits, or nothing for Z
	minutes, _ := strconv.Atoi(parts[4] + parts[6])
	utc := at.Add(-time.Duration(hours)*time.Hour - time.Duration(minutes)*time.Minute)
	return utc.Hour() == 23 && utc.Minute() == 59
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

func format(what string, is func(string) bool) openapi3.StringFormatValidator {
	return openapi3.NewCallbackValidator(func(s string) error {
		if !is(s) {
			return fmt.Errorf("is not %s", what)
		}
		return nil
	})
}

// formatVocabulary makes the compiler judge formats beside the other keywords of a value.
// By itself it looks at nothing else where a format is broken.
func formatVocabulary(meta *jsonschema.Schema) *jsonschema.Vocabulary {
	return &jsonschema.Vocabulary{
		URL:    "urn:qorcheck:formats",
		Schema: meta,
		Compile: func(_ *jsonschema.CompilerContext, object map[string]any) (jsonschema.SchemaExt, error) {
			name, ok := object["format"].(string)
			if !ok || !CheckedFormat(name) {
				return nil, nil
			}
			return formatOf(name), nil
		},
	}
}

// formatOf is the name of a format that a schema asserts.
type formatOf string

// Validate judges a value by the format.
func (f formatOf) Validate(ctx *jsonschema.ValidatorContext, value any) {
	if err := checkFormat(string(f), value); err != nil {
		ctx.AddError(&kind.Format{Got: value, Want: string(f), Err: err})
	}
}

// CheckedFormat reports whether values are judged by a format. Any other is an annotation.
func CheckedFormat(name string) bool {
	_, ours := formats[name]
	_, theirs := openapi3.SchemaStringFormats[name]
	_, number := numberFormats[name]
	return ours || theirs || number
}

// checkFormat judges a value by a format; the reader of OpenAPI knows some itself.
func checkFormat(name string, value any) error {
	switch v := value.(type) {
	case string:
		for _, known := range []map[string]openapi3.StringFormatValidator{formats, openapi3.SchemaStringFormats} {
			if f, ok := known[name]; ok {
				return f.Validate(v)
			}
		}
	case float64, json.Number:
		if !fitsNumberFormat(name, v) {
			return fmt.Errorf("is not within the bounds of %s", name)
		}
	}
	return nil
}
