package run

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// headLine is a head as the journal has it.
type headLine struct {
	plainHead
	Document headDocument `json:"document"`
}

type plainHead Head // without its methods

// headDocument is the document of a head with its obligations in short: what an obligation
// has in common with the first one of its requirement is omitted, see shortened.
type headDocument struct {
	Document
	Obligations []json.RawMessage `json:"obligations"`
}

// MarshalJSON writes a head with its obligations in short.
func (h Head) MarshalJSON() ([]byte, error) {
	l := headLine{plainHead: plainHead(h), Document: headDocument{Document: h.Document}}
	l.Document.Version = JournalVersion
	var err error
	if l.Document.Obligations, err = shortened(h.Document.Obligations); err != nil {
		return nil, err
	}
	return json.Marshal(l)
}

// UnmarshalJSON reads what MarshalJSON writes. The head of another version has that
// version and nothing else.
func (h *Head) UnmarshalJSON(text []byte) error {
	var of struct{ Document struct{ Version int } }
	if err := json.Unmarshal(text, &of); err != nil {
		return err
	}
	if of.Document.Version != JournalVersion {
		*h = Head{Document: Document{Version: of.Document.Version}}
		return nil
	}
	var l headLine
	if err := json.Unmarshal(text, &l); err != nil {
		return err
	}
	*h = Head(l.plainHead)
	h.Document = l.Document.Document
	var err error
	h.Document.Obligations, err = restored(l.Document.Obligations)
	return err
}

// fields are those of an object of JSON.
type fields map[string]json.RawMessage

// shortened writes obligations without the fields in which they are as the first one of the
// same requirement, which they name as like.
func shortened(list []Obligation) ([]json.RawMessage, error) {
	first := map[string]fields{} // by requirement
	short := make([]json.RawMessage, 0, len(list))
	for _, o := range list {
		text, err := json.Marshal(o)
		var own fields
		if err == nil {
			err = json.Unmarshal(text, &own)
		}
		if err != nil {
			return nil, err
		}
		switch of := first[o.Requirement]; {
		case of == nil:
			first[o.Requirement] = own
		case own.hasAll(of):
			for name, value := range of {
				if bytes.Equal(value, own[name]) {
					delete(own, name)
				}
			}
			own["like"] = of["requirement"]
			if text, err = json.Marshal(own); err != nil {
				return nil, err
			}
		}
		short = append(short, text)
	}
	return short, nil
}

// hasAll reports whether an object has all fields of another.
func (f fields) hasAll(of fields) bool {
	for name := range of {
		if f[name] == nil {
			return false
		}
	}
	return true
}

// restored reads what shortened writes.
func restored(short []json.RawMessage) ([]Obligation, error) {
	first := map[string]fields{}
	list := make([]Obligation, len(short))
	for i, text := range short {
		var own fields
		if err := json.Unmarshal(text, &own); err != nil {
			return nil, err
		}
		if like := own["like"]; like != nil {
			of := first[string(like)]
			if of == nil {
				return nil, fmt.Errorf("obligation %d is like one of %s, which is not there", i, like)
			}
			delete(own, "like")
			for name, value := range of {
				if own[name] == nil {
					own[name] = value
				}
			}
			whole, err := json.Marshal(own)
			if err != nil {
				return nil, err
			}
			text = whole
		} else if requirement := string(own["requirement"]); first[requirement] == nil {
			first[requirement] = own
		}
		if err := json.Unmarshal(text, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}
