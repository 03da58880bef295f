package plan

import "slices"

// Origin says in words where the value of a placeholder comes from.
func (p Placeholder) Origin() string {
	switch p.Source {
	case FromCredential, FromBasic:
		return p.credentialOrigin()
	case FromHeader, FromTrigger, FromKnown:
		return "from the fixtures"
	case UnlikeKnown:
		return "from the fixtures, altered until nothing has that id"
	case FromRun:
		return "made by the run, new for each case"
	case FromAnswer:
		if len(p.Args) > 1 {
			return "from an earlier response, altered"
		}
		return "from an earlier response"
	case UnlikeAnswer:
		return "from an earlier response, altered until nothing has that id"
	}
	return "made by the run, for the messages that it receives"
}

// credentialOrigin says where the value of a credential comes from.
func (p Placeholder) credentialOrigin() string {
	text := "from the fixtures"
	if p.Args[0] == "unknown" {
		text = "from the fixtures, or invented where they have none"
	}
	if len(p.Args) > 2 {
		text += ", altered"
	}
	if p.Source == FromBasic {
		text += ", in base64"
	}
	return text
}

// Placeholders lists the placeholders of a request, one of each variable.
func (r Request) Placeholders() []Placeholder {
	var list []Placeholder
	for t := range r.templates() {
		for _, p := range t.Placeholders() {
			if !slices.ContainsFunc(list, func(known Placeholder) bool { return known.Variable() == p.Variable() }) {
				list = append(list, p)
			}
		}
	}
	return list
}
