package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// source is a document on its way to the loader of OpenAPI.
type source struct {
	name      string
	readFile  func(string) ([]byte, error)
	refs      string     // folder of what references to a network lead to, "" for none
	givenRoot *yaml.Node // nil for what is no YAML
	data      []byte     // what is loaded
	root      *yaml.Node
	inJSON    bool // root was read as JSON
	rewritten bool // the lines of what is loaded are not those of what was given
	unplaced  bool // what is loaded does not know where it stands
	kept      precise
	slips     []Slip
}

// load reads the document, without the parts that cannot be used as they stand.
func (s *source) load() (*openapi3.T, error) {
	if swagger2(s.root) {
		if err := s.replace(forLoader(s.data, s.root)); err != nil {
			return nil, err
		}
		data, slips, err := convert2(s.root)
		if err != nil {
			return nil, err
		}
		s.slips, s.rewritten = slips, true
		if err := s.replace(data); err != nil {
			return nil, fmt.Errorf("converted from Swagger 2: %w", err)
		}
	}
	if doc := s.loadJSON(); doc != nil {
		return doc, nil
	}
	doc, err := s.read()
	if err != nil && s.root != nil {
		doc, err = s.readSifted(err)
	}
	if err != nil {
		return nil, fmt.Errorf("not a readable OpenAPI 3 document: %w", err)
	}
	if err := checkVersion(doc); err != nil {
		return nil, err
	}
	v := validation{doc: doc, root: s.root, given: s.givenRoot}
	if left := v.quarantineInvalid(); len(left) > 0 {
		return nil, fmt.Errorf("not a valid OpenAPI 3 document: %w", one(left))
	}
	s.slips = append(s.slips, v.slips...)
	return doc, nil
}

// replace takes other bytes in the place of those that were to be loaded.
func (s *source) replace(data []byte) error {
	root, inJSON, err := parseNodes(data)
	if err != nil {
		return err
	}
	s.data, s.root, s.inJSON = data, root, inJSON
	return nil
}

// readSifted reads the document once more, without what cannot be read.
func (s *source) readSifted(unreadable error) (*openapi3.T, error) {
	if err := s.replace(forLoader(s.data, s.root)); err != nil {
		return nil, unreadable
	}
	q := quarantine{root: s.root, find: s.find}
	if !q.sift() {
		return nil, unreadable
	}
	data, err := yaml.Marshal(q.root)
	if err != nil {
		return nil, errors.Join(unreadable, err)
	}
	s.slips, s.rewritten = append(s.slips, q.slips...), true
	if err := s.replace(data); err != nil {
		return nil, errors.Join(unreadable, err)
	}
	return s.read()
}

func (s *source) read() (*openapi3.T, error) {
	s.kept = precise{}
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, uri *url.URL) ([]byte, error) {
		data, err := s.readReference(uri)
		data = withoutDirective(data)
		if root, fault := ParseYAML(data); err == nil && fault == nil {
			s.kept.collect(uri.Path, data, root)
		}
		return data, err
	}
	s.kept.collect(filepath.ToSlash(s.name), s.data, s.root)
	return loader.LoadFromDataWithPath(forLoader(s.data, s.root), &url.URL{Path: filepath.ToSlash(s.name)})
}

func (s *source) readReference(uri *url.URL) ([]byte, error) {
	if uri.Scheme != "" && uri.Scheme != "file" {
		return s.readSaved(uri)
	}
	return s.readFile(filepath.FromSlash(uri.Path))
}

// readSaved reads what a reference to a network leads to from the folder of --refs.
func (s *source) readSaved(uri *url.URL) ([]byte, error) {
	if s.refs == "" {
		return nil, fmt.Errorf("reference to %s: only references to local files are followed; save it, and give its folder by --refs", uri)
	}
	root, err := os.OpenRoot(s.refs)
	if err != nil {
		return nil, fmt.Errorf("--refs: %w", err)
	}
	defer root.Close()
	saved := path.Join(uri.Hostname(), path.Clean("/"+uri.Path))
	for _, name := range []string{saved, path.Base(saved)} {
		data, err := root.ReadFile(filepath.FromSlash(name))
		if err == nil {
			return data, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("--refs: %w", err)
		}
	}
	return nil, fmt.Errorf("reference to %s: --refs %s holds neither %s nor %s", uri, s.refs, saved, path.Base(saved))
}

// find says why a reference to another document leads to nothing.
func (s *source) find(reference string) error {
	uri, err := url.Parse(reference)
	if err != nil {
		return fmt.Errorf("reference to %s: %w", reference, err)
	}
	if uri.Scheme == "" && !path.IsAbs(uri.Path) {
		uri.Path = path.Join(path.Dir(filepath.ToSlash(s.name)), uri.Path)
	}
	data, err := s.readReference(uri)
	if err != nil {
		return err
	}
	root, err := ParseYAML(withoutDirective(data))
	if err != nil {
		return fmt.Errorf("reference to %s: %w", reference, err)
	}
	for _, token := range Tokens(strings.TrimPrefix(uri.Fragment, "#")) {
		if root = child(root, token); root == nil {
			return fmt.Errorf("reference to %s: nothing stands there", reference)
		}
	}
	return nil
}
