package spec

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Guess is what the shape of paths and answers says of an operation that no link leads
// to: POST /things answers 201 with the thing that GET /things/{id} answers too, so its
// id is that of something that the run has made.
type Guess struct {
	Link
	Item    bool // the path is that of the thing itself, and not one below it
	Reading Link // to what reads the thing, by the same id
}

// GuessedName is the name of every link that is guessed.
const GuessedName = "guessed"

// guessLinks guesses what leads to operations whose path no link fills.
func (d *Description) guessLinks() {
	linked := map[string]bool{} // paths to which a documented link leads
	for _, o := range d.Operations {
		for _, link := range o.Links {
			if to := d.byID[link.To]; to != nil {
				linked[to.Path] = true
			}
		}
	}
	for _, from := range d.Operations {
		if from.Method != "POST" || !from.DocumentsStatus(201) {
			continue
		}
		above := strings.TrimSuffix(from.Path, "/") + "/"
		for _, to := range d.Operations {
			if rest, below := strings.CutPrefix(to.Path, above); below && !linked[to.Path] {
				if guess, ok := d.guess(from, to, rest); ok {
					from.Guesses = append(from.Guesses, guess)
				}
			}
		}
	}
}

// guess guesses a link to an operation whose path goes on with a parameter and no other.
func (d *Description) guess(from, to *Operation, rest string) (Guess, bool) {
	segment, rest, _ := strings.Cut(rest, "/")
	name, opened := strings.CutPrefix(segment, "{")
	name, shut := strings.CutSuffix(name, "}")
	if !opened || !shut || strings.ContainsAny(name+rest, "{}?#") {
		return Guess{}, false
	}
	names := to.Names()
	at := slices.IndexFunc(names, func(p Parameter) bool { return p.Name == name })
	if at < 0 {
		return Guess{}, false
	}
	reading := d.readsSame(from, from.Path, name)
	if reading == nil {
		return Guess{}, false
	}
	field := idField(from.Response(201).JSON().Schema, names[at])
	if field == "" {
		return Guess{}, false
	}
	link := Link{Name: GuessedName, From: from, Status: "201", To: to.ID, Parameters: map[string]string{"path." + name: "$response.body#" + Pointer(field)}}
	for _, p := range from.Parameters {
		if p.In == "path" {
			link.Parameters["path."+p.Name] = "$request.path." + p.Name
		}
	}
	guess := Guess{Link: link, Item: rest == "", Reading: link}
	guess.Reading.To = reading.ID
	return guess, true
}

// readsSame finds the GET that answers at the path of one item what a POST answers with
// 201, both by one component; nil without one.
func (d *Description) readsSame(from *Operation, path, name string) *Operation {
	made := from.Response(201).JSON()
	if made == nil || !made.HasSchema || made.Schema.Name == "" || made.Schema.Schema == nil {
		return nil
	}
	item := strings.TrimSuffix(path, "/") + "/{" + name + "}"
	for _, o := range d.Operations {
		if o.Method != "GET" || strings.TrimSuffix(o.Path, "/") != item || !o.DocumentsStatus(200) {
			continue
		}
		if read := o.Response(200).JSON(); read != nil && read.HasSchema && read.Schema.Name == made.Schema.Name {
			return o
		}
	}
	return nil
}

// idField is the property of an object that a parameter is filled from: one of its own
// name or id, sooner one that is always there, "" for none of its type.
func idField(s Schema, p Parameter) string {
	best := ""
	for _, name := range []string{"id", p.Name} {
		property := s.Properties[name]
		if property == nil || property.Value == nil || IDType(property.Value) == "" || IDType(property.Value) != IDType(p.Schema.Schema) {
			continue
		}
		if best == "" || slices.Contains(s.Required, name) || !slices.Contains(s.Required, best) {
			best = name
		}
	}
	return best
}

// IDType is the type of an id, "" for anything that is none.
func IDType(s *openapi3.Schema) string {
	for _, name := range []string{"integer", "string"} {
		if s != nil && s.Type.Is(name) {
			return name
		}
	}
	return ""
}
