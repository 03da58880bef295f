package spec

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Chapter is a part of the promise. Reports show its requirements together, under
// its title.
type Chapter struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Chapters are in the order in which reports show them.
type Chapters []Chapter

// UnmarshalYAML reads a mapping of names to titles and keeps its order.
func (c *Chapters) UnmarshalYAML(node *yaml.Node) error {
	var titles map[string]string // refuses what is no mapping of text, and names that are there twice
	if err := node.Decode(&titles); err != nil {
		return err
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		*c = append(*c, Chapter{name, titles[name]})
	}
	return nil
}

func (c Chapters) check() error {
	for _, one := range c {
		if one.Name == "" || notLabel(one.Name) {
			return fmt.Errorf("chapters: %q: a name must be made of letters, digits, . and -", one.Name)
		}
		if strings.TrimSpace(one.Title) == "" {
			return fmt.Errorf("chapters: %s: the title is missing", one.Name)
		}
	}
	return nil
}

// checkName refuses a chapter that has no title where others have one. Where none
// has, any name will do.
func (c Chapters) checkName(name string) error {
	if len(c) == 0 {
		if name == "" || notLabel(name) {
			return fmt.Errorf("chapter: %q: must be a name of letters, digits, . and -", name)
		}
		return nil
	}
	names := make([]string, len(c))
	for i, one := range c {
		names[i] = one.Name
	}
	if !slices.Contains(names, name) {
		return fmt.Errorf("chapter: %q: must be one of those under chapters: %s", name, strings.Join(names, ", "))
	}
	return nil
}

// Chapters lists the chapters in the order in which reports show them. In a list
// without titles that is the order of their first requirements, and a chapter's
// name is its title.
func (r *Requirements) Chapters() Chapters {
	if len(r.Titles) > 0 {
		return slices.Clone(r.Titles)
	}
	var list Chapters
	for _, q := range r.List {
		one := Chapter{q.Chapter, q.Chapter}
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}
