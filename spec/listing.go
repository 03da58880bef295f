package spec

import (
	"fmt"
	"slices"
)

// Listing is an operation that lists what requests left behind. It is read in full before
// the first request of a run and after the last one, and the difference is reconciled with
// the responses of the run.
type Listing struct {
	Operation string            `yaml:"operation"`
	Query     map[string]string `yaml:"query"` // so that it lists everything
	Rows      string            `yaml:"rows"`  // pointer to the array in the response
	ID        string            `yaml:"id"`    // pointer within a row to its id
	// Answer is the pointer to the same id in the response to the request that made the entry.
	Answer string   `yaml:"answer"`
	Marks  []string `yaml:"marks"` // pointers within a row to values of the request that the list shows again
	Shown  []string `yaml:"shown"` // pointers within a row to what people want to know, as the amount
	Total  string   `yaml:"total"` // pointer in the response to the number of all entries; "" for none
	Page   *Page    `yaml:"page"`  // nil: it is never divided
}

// Page is how a part of a list is requested.
type Page struct {
	Limit  string `yaml:"limit"`  // query parameter: how many entries a response holds
	Offset string `yaml:"offset"` // query parameter: how many entries come before them
	Size   int    `yaml:"size"`   // entries that are requested at once
}

// checkLists refuses a list whose operation or parameters the description does not have.
func (d *Description) checkLists(lists []Listing) error {
	for _, l := range lists {
		o := d.Operation(l.Operation)
		if o == nil {
			return fmt.Errorf("%s: lists: no operation has the id %q", extension, l.Operation)
		}
		var names []string
		for name := range l.Query {
			names = append(names, name)
		}
		if l.Page != nil {
			names = append(names, l.Page.Limit, l.Page.Offset)
		}
		slices.Sort(names)
		for _, name := range names {
			if !slices.ContainsFunc(o.Parameters, func(p Parameter) bool { return p.In == "query" && p.Name == name }) {
				return fmt.Errorf("%s: lists: operation %s has no query parameter %q", extension, l.Operation, name)
			}
		}
		for _, pointer := range l.places() {
			if !o.answers(pointer) {
				return fmt.Errorf("%s: lists: no response of %s has a field %s", extension, l.Operation, pointer)
			}
		}
	}
	return nil
}

// places lists the fields of the response that a list names.
func (l Listing) places() []string {
	list := []string{l.Rows}
	if l.Total != "" {
		list = append(list, l.Total)
	}
	for _, pointer := range slices.Concat([]string{l.ID}, l.Marks, l.Shown) {
		list = append(list, l.Rows+"/0"+pointer)
	}
	return list
}

// answers reports whether a response of an operation may have a field: one is described,
// or none is.
func (o *Operation) answers(pointer string) bool {
	described := false
	for _, r := range o.Responses {
		if c := r.JSON(); c != nil && c.HasSchema {
			described = true
			if c.Schema.Documents(pointer) {
				return true
			}
		}
	}
	return !described
}

// Listings lists all lists of the description, each operation once.
func (d *Description) Listings() []Listing {
	var all []Listing
	for _, o := range d.Operations {
		for _, l := range o.Conformance.Lists {
			if !slices.ContainsFunc(all, func(known Listing) bool { return known.Operation == l.Operation }) {
				all = append(all, l)
			}
		}
	}
	return all
}
