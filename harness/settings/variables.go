package settings

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/redact"
)

// variables holds what the variables of a fixtures file stood for. What people keep
// out of a file is a secret, wherever in the file it is used.
type variables struct {
	lookup func(string) (string, bool)
	values map[string]string // value → the variable
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand replaces variables by their values, and lists those that are not set. The
// values are kept as secrets, except those of hosts: every report names the target.
func (e variables) expand(root *yaml.Node) (missing []string) {
	public := variables{e.lookup, map[string]string{}}
	for i, node := range root.Content {
		in := e
		if i%2 == 1 && root.Kind == yaml.MappingNode && root.Content[i-1].Value == "hosts" {
			in = public
		}
		missing = append(missing, in.expandNode(node)...)
	}
	for value := range public.values {
		delete(e.values, value)
	}
	return missing
}

func (e variables) expandNode(node *yaml.Node) (missing []string) {
	if node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "${") {
		node.Value = variable.ReplaceAllStringFunc(node.Value, func(m string) string {
			name := m[2 : len(m)-1]
			value, ok := e.lookup(name)
			if !ok || value == "" {
				missing = append(missing, fmt.Sprintf("line %d: ${%s}", node.Line, name))
			}
			e.values[value] = name
			return value
		})
		node.Tag, node.Style = "!!str", yaml.DoubleQuotedStyle
	}
	for _, inner := range node.Content {
		missing = append(missing, e.expandNode(inner)...)
	}
	return missing
}

// Lengths of the shortest values that are looked for.
const (
	minWord = 3  // as a word of its own
	minPart = 6  // within other words
	minLine = 16 // a line of a longer value, such as one of a key in PEM form
)

// FurtherSecrets lists what is secret beside credentials and cards: values from the
// environment, and what the URLs and the body of settle and receiver hold of user
// information and under names that say so.
func (f *Fixtures) FurtherSecrets() []string {
	var list []string
	for value := range f.variables.values {
		list = append(list, value)
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); len(line) >= minLine {
				list = append(list, line)
			}
		}
	}
	for _, c := range f.OAuth2 {
		list = append(list, c.Secret)
		list = append(list, secretsOfURL(c.TokenURL)...)
	}
	for name, value := range f.Headers {
		if isSecretName(name) || redact.SecretName(name, nil) {
			list = append(list, value)
		}
	}
	if f.Settle != nil {
		list = append(list, secretsOfURL(f.Settle.URL)...)
		list = append(list, secretsOfValue("", f.Settle.Body)...)
	}
	if f.Receiver != nil {
		list = append(list, secretsOfURL(f.Receiver.Address)...)
	}
	list = slices.DeleteFunc(list, func(value string) bool { return len(value) < minWord })
	slices.Sort(list)
	return slices.Compact(list)
}

// tellingName matches names of parameters and members whose values are secret in a
// request that only the owner of an environment makes.
var tellingName = regexp.MustCompile(`(?i)(?:key|token|secret|sig|signature|auth|authorization|pass|passwd|password|pwd|credential)s?$`)

func isSecretName(name string) bool {
	return tellingName.MatchString(name) || redact.SecretName(name, nil)
}

func secretsOfURL(text string) (list []string) {
	u, err := url.Parse(text)
	if err != nil {
		return nil
	}
	if password, ok := u.User.Password(); ok {
		list = append(list, password, u.User.Username()+":"+password)
	} else if u.User != nil {
		list = append(list, u.User.Username())
	}
	for name, values := range u.Query() {
		if isSecretName(name) {
			list = append(list, values...)
		}
	}
	return list
}

func secretsOfValue(name string, value any) (list []string) {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range slices.Sorted(maps.Keys(v)) {
			list = append(list, secretsOfValue(inner, v[inner])...)
		}
	case []any:
		for _, inner := range v {
			list = append(list, secretsOfValue(name, inner)...)
		}
	case string:
		if isSecretName(name) && !strings.HasPrefix(v, "{") { // not a field of the response
			list = append(list, v)
		}
	}
	return list
}

var userInfo = regexp.MustCompile(`//[^/\s"@]*@`)

// WithoutSecrets returns an error whose text shows the variable in the place of its
// value, and no user information of a URL. Without fixtures it is the error itself.
func (f *Fixtures) WithoutSecrets(err error) error {
	if err == nil || f == nil {
		return err
	}
	text := err.Error()
	shown := userInfo.ReplaceAllLiteralString(f.variables.hide(text), "//"+redact.Mark+"@")
	if shown = redact.New(redact.Secrets{Values: f.FurtherSecrets()}).Own(shown).String(); shown == text {
		return err
	}
	return errors.New(shown)
}

// ShowVariables puts variables in the place of their values.
func (f *Fixtures) ShowVariables(text string) string { return f.variables.hide(text) }

// hide puts variables in the place of their values, the longest first; a short one only
// where it is a word of its own.
func (e variables) hide(text string) string {
	values := slices.Collect(maps.Keys(e.values))
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	for _, value := range values {
		if len(value) < minWord {
			continue
		}
		name := "${" + e.values[value] + "}"
		if len(value) < minPart {
			text = regexp.MustCompile(`\b`+regexp.QuoteMeta(value)+`\b`).ReplaceAllLiteralString(text, name)
			continue
		}
		text = strings.ReplaceAll(text, value, name)
		if escaped := url.QueryEscape(value); escaped != value {
			text = strings.ReplaceAll(text, escaped, name)
		}
	}
	return text
}
