package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// filler replaces the placeholders of one case by their values.
type filler struct {
	client      *Client
	caseID      string
	values      map[string]string // captured from earlier answers
	body        []byte
	otherOrigin bool // the request leads to another origin than the target's, where no credential goes
}

var errOtherOrigin = errors.New("credentials go to the target's origin only, and this request leads elsewhere")

// request builds the HTTP request of a step.
func (f *filler) request(step plan.Step) (*http.Request, error) {
	target := f.client.settings.Target
	f.otherOrigin = step.URL != "" && origin(target.ResolveReference(mustParse(step.URL))) != origin(target)
	address, err := f.address(step, f.at)
	if err != nil {
		return nil, err
	}
	switch u, err := url.Parse(address); {
	case err != nil:
		return nil, err
	case !f.client.settings.Fixtures.AllowsHost(u.Host), !f.otherOrigin && origin(u) != origin(target):
		return nil, blocked(u.Host)
	}
	var reader io.Reader
	if step.Request.HasBody {
		body, err := step.Request.Body.Fill(f.at(inBody(step.Request)))
		if err != nil {
			return nil, err
		}
		f.body = []byte(body)
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequest(step.Request.Method, address, reader)
	if err != nil {
		return nil, err
	}
	for _, field := range f.client.fields(step.Request) {
		if field.Absent() {
			continue
		}
		value, err := field.Value.Fill(f.value)
		if err != nil {
			return nil, err
		}
		request.Header.Add(field.Name, value)
	}
	return request, nil
}

// fields lists the header of a request: its own fields, and those that every request has.
func (c *Client) fields(r plan.Request) []plan.Field {
	list := slices.Clip(r.Header)
	for _, common := range [...]plan.Field{
		{Name: "Accept", Value: "application/json"},
		{Name: "User-Agent", Value: plan.Template(cmp.Or(c.settings.UserAgent, settings.DefaultUserAgent))},
		{Name: "Accept-Encoding", Value: "identity"},
	} {
		if !slices.ContainsFunc(r.Header, func(f plan.Field) bool { return strings.EqualFold(f.Name, common.Name) }) {
			list = append(list, common)
		}
	}
	return list
}

// address builds the URL of a step; at gives the values of placeholders for a place.
func (f *filler) address(step plan.Step, at func(place) valuer) (string, error) {
	if step.URL != "" {
		return f.client.settings.Target.ResolveReference(mustParse(step.URL)).String(), nil
	}
	inFront, behind := step.Request.Location()
	path, err := inFront.Fill(at(inPath))
	if err != nil {
		return "", err
	}
	query, err := behind.Fill(at(inQuery))
	if err != nil {
		return "", err
	}
	return f.client.settings.Target.String() + path + query, nil
}

// mustParse reads a URL that the settings have checked.
func mustParse(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// valuer gives the value of a placeholder.
type valuer = func(plan.Placeholder) (string, error)

// at gives values as they are sent at a place.
func (f *filler) at(at place) valuer {
	return func(p plan.Placeholder) (string, error) {
		text, err := f.value(p)
		return at.escape(text), err
	}
}

// value finds what a placeholder stands for.
func (f *filler) value(p plan.Placeholder) (string, error) {
	fixtures := f.client.settings.Fixtures
	if f.otherOrigin && (p.Source == plan.FromCredential || p.Source == plan.FromBasic || p.Source == plan.FromHeader) {
		return "", errOtherOrigin
	}
	switch p.Source {
	case plan.FromCredential, plan.FromBasic:
		var failed error
		value := p.Credential(func(role, scheme string) (value string) {
			value, failed = f.client.credential(role, scheme)
			return value
		})
		return value, failed
	case plan.FromHeader:
		return fixtures.Header(p.Args[0]), nil
	case plan.FromTrigger:
		return fixtures.Field(p.Args[0], p.Args[1], p.Args[2]), nil
	case plan.FromRun:
		return f.client.unique(f.caseID, p)
	case plan.FromReceiver:
		return f.client.registration(p.Args[0], f.caseID)
	case plan.FromAnswer, plan.UnlikeAnswer:
		value, ok := f.values[p.Args[0]]
		if example := p.Example(); !ok && example != "" {
			value, ok = example, true
		}
		if !ok {
			return "", fmt.Errorf("no earlier answer of the case holds %s", p.Args[0])
		}
		if p.Source == plan.UnlikeAnswer {
			return p.Unknown(value, f.client.settings.RunID), nil
		}
		return p.Answered(value)
	case plan.FromKnown, plan.UnlikeKnown:
		value := fixtures.KnownID(p.Args[0], p.Args[1])
		if p.Source == plan.UnlikeKnown {
			value = plan.UnknownID(value, f.client.settings.RunID, 0)
		}
		return value, nil
	}
	return "", fmt.Errorf("unknown placeholder %s", p.Source)
}

// sought is the value that a read-back looks for, "" when the step is none.
func (f *filler) sought(step plan.Step) string {
	if step.ReadBack == nil {
		return ""
	}
	value, err := step.ReadBack.Value.Fill(f.value)
	if err != nil {
		return ""
	}
	return value
}

type hostError string

func (h hostError) Error() string {
	return fmt.Sprintf("the host %s is not allowed: only loopback and hosts named in the fixtures get requests", string(h))
}

func blocked(host string) error { return hostError(host) }

// registration returns what a subscription sends about the receiver: its
// address for a case, or the header pair of the messages.
func (c *Client) registration(what, caseID string) (string, error) {
	switch {
	case c.receiver == nil:
		return "", errors.New(c.silent)
	case what == "header":
		return message.HeaderName, nil
	case what == "secret":
		return c.secret, nil
	}
	return c.receiver.Address(placeOf(what, c.attempt(caseID))), nil
}

// placeOf returns a place of the receiver: that of acknowledged messages serves the
// whole run, any other one case.
func placeOf(name, caseID string) string {
	if name == message.Acknowledging {
		return name
	}
	return name + "/" + caseID
}
