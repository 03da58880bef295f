package spec

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Link leads from a response to another operation: it maps values of the response to
// the parameters and the body of the next request. Expressions are OpenAPI runtime expressions ($response.body#/…).
type Link struct {
	Name       string
	From       *Operation
	Status     string // key of the response that carries it
	To         string // operation ID
	Parameters map[string]string
	Body       map[string]string // pointer into the request body → expression or literal
	Settled    bool              // x-settled: the source transaction must be settled first
	Known      string            // x-known: the name under known in the fixtures of what is such a settled transaction, "" for none
	Optional   bool              // x-when-present: only some responses have the values, so no preparation relies on it

	reference string // where the other operation stands, for a link that does not name its id
}

// Needs lists the fields of the source request that the link uses, as pointers, sorted.
func (l Link) Needs() []string {
	var list []string
	for _, expressions := range []map[string]string{l.Parameters, l.Body} {
		for _, expression := range expressions {
			if pointer, ok := strings.CutPrefix(expression, "$request.body#"); ok {
				list = append(list, pointer)
			}
		}
	}
	slices.Sort(list)
	return list
}

// KnownNames lists the names that links give to what may be known before a run, sorted.
func (d *Description) KnownNames() (names []string) {
	for _, o := range d.Operations {
		for _, link := range o.Links {
			if link.Known != "" {
				names = append(names, link.Known)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func readLink(name, status string, from *Operation, source *openapi3.Link) Link {
	link := Link{Name: name, From: from, Status: status, To: source.OperationID, reference: source.OperationRef, Parameters: map[string]string{}, Body: map[string]string{}}
	for parameter, expression := range source.Parameters {
		link.Parameters[parameter] = fmt.Sprint(expression)
	}
	flatten(source.RequestBody, "", link.Body)
	link.Settled, _ = source.Extensions["x-settled"].(bool)
	link.Known, _ = source.Extensions["x-known"].(string)
	link.Optional, _ = source.Extensions["x-when-present"].(bool)
	return link
}

// flatten lists the leaves of a link's request body by pointer.
func flatten(value any, at string, into map[string]string) {
	switch v := value.(type) {
	case nil:
	case map[string]any:
		for key, inner := range v {
			flatten(inner, at+Pointer(key), into)
		}
	default:
		into[at] = fmt.Sprint(v)
	}
}

// resolveLinks finds the operations that links refer to by their place in the document.
// A link to an operation of another document cannot be followed and is left out.
func (d *Description) resolveLinks() error {
	for _, o := range d.Operations {
		kept := o.Links[:0]
		for _, link := range o.Links {
			if link.To == "" {
				fragment, own := strings.CutPrefix(link.reference, "#")
				if !own {
					continue
				}
				to, err := d.operationAt(fragment)
				if err != nil {
					return fmt.Errorf("operation %s: link %s: %w", o.ID, link.Name, err)
				}
				link.To = to.ID
			}
			kept = append(kept, link)
		}
		o.Links = kept
	}
	return nil
}

// operationAt finds the operation at a JSON pointer, which may be percent-encoded, as in
// /paths/~1things~1{id}/get.
func (d *Description) operationAt(fragment string) (*Operation, error) {
	pointer, err := url.PathUnescape(fragment)
	if err != nil {
		return nil, fmt.Errorf("operationRef #%s: %w", fragment, err)
	}
	if tokens := Tokens(pointer); len(tokens) == 3 && tokens[0] == "paths" {
		for _, o := range d.Operations {
			if o.Path == tokens[1] && strings.EqualFold(o.Method, tokens[2]) {
				return o, nil
			}
		}
	}
	return nil, fmt.Errorf("operationRef #%s: no operation stands there", fragment)
}
