package settings

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/redact"
	"qorcheck/spec"
)

// Known is a resource that exists in the environment before a run. It may be read;
// only the operations under May may change it.
type Known struct {
	ID  string   `yaml:"id"`
	May []string `yaml:"may"` // operation ids
}

// KnownList is the known resources of one name. Each is used once in a run.
type KnownList []Known

// UnmarshalYAML reads a list, or a text: the id of one resource that may be read.
func (k *KnownList) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*k = KnownList{{ID: node.Value}}
		return nil
	}
	var list []Known
	if node.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: known: must be an id, or a list of {id, may}", node.Line)
	}
	if err := spec.DecodeNode(node, "known", &list); err != nil {
		return err
	}
	*k = list
	return nil
}

// checkKnown refuses resources without an id, an id that is given twice under one
// name, and card numbers that test_cards does not list.
func (f *Fixtures) checkKnown() error {
	for _, name := range slices.Sorted(maps.Keys(f.Known)) {
		seen := map[string]bool{}
		for i, one := range f.Known[name] {
			if err := f.checkResource(one, seen); err != nil {
				return fmt.Errorf("known.%s[%d].%w", name, i, err)
			}
			seen[one.ID] = true
		}
	}
	return nil
}

func (f *Fixtures) checkResource(one Known, seen map[string]bool) error {
	switch {
	case strings.TrimSpace(one.ID) == "":
		return errors.New("id: must be given")
	case f.UnlistedCard(one.ID):
		return fmt.Errorf("id: %s: a card number must be listed under test_cards", redact.MaskCard(one.ID))
	case seen[one.ID]:
		return fmt.Errorf("id: %s: must be given once: each resource is used once", one.ID)
	}
	for i, operation := range one.May {
		if operation == "" {
			return fmt.Errorf("may[%d]: must be an operation id", i)
		}
		if slices.Contains(one.May[:i], operation) {
			return fmt.Errorf("may[%d]: %s: must be given once", i, operation)
		}
	}
	return nil
}

// KnownID returns the id of a known resource, by its number in the list, from 1; "" for
// one that is not there.
func (f *Fixtures) KnownID(name, number string) string {
	if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= len(f.Known[name]) {
		return f.Known[name][n-1].ID
	}
	return ""
}
