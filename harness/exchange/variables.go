package exchange

import "qorcheck/harness/plan"

// Variable is a shell variable of a curl line, with where its value comes from, in words.
type Variable struct {
	Name string `json:"name"`
	From string `json:"from"`
}

// Variables lists the variables of the curl line, each once.
func (r Record) Variables() []Variable {
	if r.filler.client == nil {
		return nil
	}
	var list []Variable
	for _, p := range r.Step.Request.Placeholders() {
		from := p.Origin()
		if p.Source == plan.FromCredential && p.Args[0] == "valid" && r.filler.client.settings.Fixtures.OAuth2[p.Args[1]] != nil {
			from = "from the token endpoint that the fixtures name"
		}
		list = append(list, Variable{p.Variable(), from})
	}
	return list
}
