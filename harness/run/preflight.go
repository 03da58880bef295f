package run

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// reply is what the answer to a call of the preflight says of the settings.
type reply int

const (
	replyServed    reply = iota // somebody answers who knows the operation and the credentials
	replyUnclear                // nothing: the call names what may not exist
	replyRefused                // 401 or 403
	replyRedirect               // to a place that the description does not know
	replyUnknown                // the path is not there, or a page for people is
	replyUndefined              // a success that breaks the description
	replySilent                 // no answer
)

// minAlike is how many operations have to be answered alike before that is about the
// settings: one operation that is broken condemns nobody but itself.
const minAlike = 2

// call is one call of the preflight and its answer.
type call struct {
	record  exchange.Record
	reply   reply
	secured bool // with credentials of the fixtures
}

// preflight makes harmless calls, until one shows that target and credentials are right.
// It says why nothing else can be sent, "" when it can.
func (r *Run) preflight(ctx context.Context) string {
	if f := r.client.ObtainTokens(); f != nil {
		return fmt.Sprintf("no access token for %s (%s): %s; nothing else was sent", r.document.Target, r.options.Settings.Fixtures.File, f.Text)
	}
	if r.plan.Preflight == nil {
		if f := r.client.Reach(ctx); f != nil {
			return r.noAnswer(ctx, f.Text.String())
		}
		return ""
	}
	all := append([]*plan.Case{r.plan.Preflight}, r.plan.Probes...)
	secured := slices.ContainsFunc(all, func(c *plan.Case) bool { return withCredentials(c.Act.Request) })
	var calls []call
	for _, c := range all {
		made := r.call(ctx, c)
		if f := made.record.Failure; f != nil && f.Kind == exchange.Interrupted {
			return ""
		}
		if made.reply == replySilent {
			if f := r.client.Reach(ctx); f != nil {
				return r.noAnswer(ctx, f.Text.String())
			}
		}
		if a := made.record.Answer; a != nil && a.Status == http.StatusBadRequest && r.client.WrongScheme(ctx) == "https" { // some say so over HTTP
			return r.wrongScheme("https")
		}
		calls = append(calls, made)
		switch {
		case made.reply == replyServed && (made.secured || !secured):
			return r.merchantRefused(ctx)
		case count(calls, replySilent) == len(calls) && len(calls) == minAlike:
			return r.noAnswer(ctx, made.record.Failure.Text.String())
		}
	}
	return r.mistake(calls)
}

// call makes a call and says what its answer is about.
func (r *Run) call(ctx context.Context, c *plan.Case) call {
	record := r.client.Do(ctx, c.ID, c.Act, map[string]string{})
	r.count([]exchange.Record{record})
	return call{record, r.replyOf(c, record), withCredentials(c.Act.Request)}
}

// replyOf says what the answer to a call is about.
func (r *Run) replyOf(c *plan.Case, record exchange.Record) reply {
	if record.Failure != nil {
		if record.Began || record.Failure.Kind == exchange.Blocked {
			return replyUnclear
		}
		return replySilent
	}
	o, a := r.plan.Description.Operation(c.Operation), record.Answer
	documented := o != nil && o.Response(a.Status) != nil
	switch {
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden:
		return replyRefused
	case a.Status/100 == 3 && !documented:
		return replyRedirect
	case slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented}, a.Status):
		if len(c.Invented) > 0 || o != nil && len(o.Names()) > 0 {
			return replyUnclear
		}
		return replyUnknown
	case a.Status/100 == 2 && o != nil && !describes(o, a):
		if isPage(a) {
			return replyUnknown
		}
		return replyUndefined
	}
	return replyServed
}

// describes reports whether a description has a place for a success: its status and media
// type. Where it documents no body it promises nothing of one, but that it is no page.
func describes(o *spec.Operation, a *exchange.Answer) bool {
	documented := o.Response(a.Status)
	if documented == nil {
		return false
	}
	mediaType := a.Header.Get("Content-Type")
	return len(documented.Content) == 0 && !isPage(a) || slices.ContainsFunc(documented.Content, func(c spec.Content) bool { return spec.Covers(c.MediaType, mediaType) })
}

// withCredentials reports whether a request carries credentials of the fixtures.
func withCredentials(r plan.Request) bool {
	return slices.ContainsFunc(slices.Concat(r.Header, r.Query), func(f plan.Field) bool {
		return slices.ContainsFunc(f.Value.Placeholders(), func(p plan.Placeholder) bool {
			return p.Source == plan.FromCredential || p.Source == plan.FromBasic
		})
	})
}

// count counts the calls with a reply.
func count(calls []call, is reply) (n int) {
	for _, c := range calls {
		if c.reply == is {
			n++
		}
	}
	return n
}

// only lists the calls with a reply.
func only(calls []call, is ...reply) []call {
	return slices.DeleteFunc(slices.Clone(calls), func(c call) bool { return !slices.Contains(is, c.reply) })
}

// noAnswer says that the target does not answer, or not in the way that its URL says.
func (r *Run) noAnswer(ctx context.Context, why string) string {
	if scheme := r.client.WrongScheme(ctx); scheme != "" {
		return r.wrongScheme(scheme)
	}
	return fmt.Sprintf("no answer from %s: %s; nothing else was sent", r.document.Target, why)
}

func (r *Run) wrongScheme(scheme string) string {
	speaks := map[string]string{"https": "speaks TLS", "http": "does not speak TLS"}[scheme]
	return fmt.Sprintf("no answer from %s: what listens there %s: write %s:// in --target; nothing else was sent", r.document.Target, speaks, scheme)
}

// mistake says which setting is wrong, "" where the calls do not agree in one.
func (r *Run) mistake(calls []call) string {
	secured := slices.DeleteFunc(slices.Clone(calls), func(c call) bool { return !c.secured })
	known, away := count(calls, replyServed), only(calls, replyRedirect)
	keyless, missing := only(calls, replyRefused), only(calls, replyUnknown)
	switch {
	case known == 0 && len(away) >= minAlike && len(away) == len(calls):
		return r.redirected(away)
	case len(only(secured, replyServed, replyUnclear, replyUndefined)) == 0 && len(only(secured, replyRefused, replyRedirect)) >= minAlike:
		return r.credentialsRefused(only(secured, replyRefused, replyRedirect))
	case len(secured) == 0 && known == 0 && len(keyless) >= minAlike:
		return r.undeclaredSecurity(keyless)
	case known == 0 && len(missing) >= minAlike && len(keyless)+len(away) == 0:
		return r.unknownPaths(missing)
	case known == 0 && len(only(calls, replyUndefined)) >= minAlike && alike(only(calls, replyUndefined)):
		return r.unknownPaths(only(calls, replyUndefined))
	case known == 0 && len(calls) >= minAlike:
		return r.nothingBelow(calls)
	}
	return ""
}

// alike reports whether different operations were answered by the same bytes.
func alike(calls []call) bool {
	first := calls[0].record.Answer
	return len(first.Body) > 0 && !slices.ContainsFunc(calls, func(c call) bool {
		return c.record.Answer.Status != first.Status || !bytes.Equal(c.record.Answer.Body, first.Body)
	})
}

// maxQuoted is how much of a header of an answer a sentence quotes.
const maxQuoted = 160

// seen says how calls were answered, with one of them as an example.
func (r *Run) seen(calls []call) string {
	first := calls[0]
	text := fmt.Sprintf("each of %d calls, such as %s, was answered %s", len(calls), first.record.Evidence().Request.Line, statusesOf(calls))
	if quoted := first.record.Answer.Header.Get("WWW-Authenticate"); quoted != "" && first.reply == replyRefused {
		text += " (WWW-Authenticate: " + r.client.Redactor().Header("WWW-Authenticate", quoted, maxQuoted).String() + ")"
	}
	return text
}

// statusesOf lists the statuses by which calls were answered.
func statusesOf(calls []call) string {
	var list []string
	for _, c := range calls {
		text := fmt.Sprint(c.record.Answer.Status)
		if c.reply == replyUnknown && isPage(c.record.Answer) {
			text += " with an HTML page"
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return strings.Join(list, " or ")
}

// isPage reports whether an answer is a page for people.
func isPage(a *exchange.Answer) bool {
	return spec.BaseType(a.Header.Get("Content-Type")) == "text/html"
}

// redirected says where a target sends every call.
func (r *Run) redirected(calls []call) string {
	location, err := url.Parse(calls[0].record.Answer.Header.Get("Location"))
	base := r.options.Settings.Target
	if err == nil && location.Host != "" && (location.Scheme != base.Scheme || location.Host != base.Host) {
		return fmt.Sprintf("%s, and led to %s://%s: is that the address to give as --target %s?; nothing else was sent", r.seen(calls), location.Scheme, location.Host, r.document.Target)
	}
	where := ""
	if err == nil && location.Path != "" {
		where = ", and led to " + r.client.Redactor().Excerpt(location.Path, maxQuoted).String()
	}
	if slices.ContainsFunc(calls, func(c call) bool { return c.secured }) {
		return r.credentialsRefused(calls)
	}
	return fmt.Sprintf("%s%s, and the description declares no security: if that is a page to log in, %s; nothing else was sent", r.seen(calls), where, r.declare())
}

// declare says how credentials are given that a description does not know of.
func (r *Run) declare() string {
	return fmt.Sprintf("add components.securitySchemes and security to %s, and credentials.valid to %s", r.plan.Description.File, r.options.Settings.Fixtures.File)
}

func (r *Run) undeclaredSecurity(calls []call) string {
	if given := r.headersOf(calls); given != "" {
		return fmt.Sprintf("%s refuses what the fixtures give: %s: check %s in %s; nothing else was sent", r.document.Target, r.seen(calls), given, r.options.Settings.Fixtures.File)
	}
	return fmt.Sprintf("%s wants credentials, and %s declares no security: %s: %s; nothing else was sent", r.document.Target, r.plan.Description.File, r.seen(calls), r.declare())
}

// credentialsRefused says which credentials are refused.
func (r *Run) credentialsRefused(calls []call) string {
	f := r.options.Settings.Fixtures
	var names, expired []string
	for _, c := range calls {
		for _, field := range slices.Concat(c.record.Step.Request.Header, c.record.Step.Request.Query) {
			for _, p := range field.Value.Placeholders() {
				if p.Source != plan.FromCredential && p.Source != plan.FromBasic || slices.Contains(names, p.Args[1]) {
					continue
				}
				names = append(names, p.Args[1])
				if end, is := expiredToken(f.Credential(p.Args[0], p.Args[1])); is {
					expired = append(expired, fmt.Sprintf("the token of %s expired on %s", p.Args[1], end.UTC().Format("2006-01-02 15:04 MST")))
				}
			}
		}
	}
	advice := "check that they are complete, of this environment, and not expired"
	if len(expired) > 0 {
		advice = strings.Join(expired, ", ")
	} else if given := r.headersOf(calls); given != "" {
		advice += ", and that " + given + " goes with them"
	}
	return fmt.Sprintf("%s refuses the valid credentials of the fixtures (%s, credentials.valid: %s): %s: %s%s; nothing else was sent",
		r.document.Target, f.File, strings.Join(names, ", "), r.seen(calls), advice, r.pathHint(": "))
}

// unknownPaths says that none of the paths is there.
func (r *Run) unknownPaths(calls []call) string {
	hint := r.pathHint("")
	if hint == "" {
		hint = "is another API at --target, or does a path belong in front of it?"
	}
	return fmt.Sprintf("no documented path is known at %s: %s: %s; nothing else was sent", r.document.Target, r.seen(calls), strings.TrimPrefix(hint, ": "))
}

// pathHint says how the path of the target differs from that of the description's server.
func (r *Run) pathHint(before string) string {
	path, base := r.options.Settings.Target.Path, r.plan.Description.BasePath
	server := fmt.Sprintf("the description's server ends in %s", base)
	switch {
	case base == "" && path != "" && len(r.plan.Description.Servers) > 0:
		return before + fmt.Sprintf("the description's server has no path, does %s belong in --target?", path)
	case base == "" || path == base:
		return ""
	case strings.HasSuffix(path, base+base):
		return before + server + ": is it there twice in --target?"
	case strings.HasSuffix(path, base):
		return ""
	case path == "":
		return before + server + ": is it missing from --target?"
	}
	return before + fmt.Sprintf("%s, --target in %s", server, path)
}

// merchantRefused says that the target refuses the merchant of the fixtures: with a
// mandatory field missing 400 is right, and 403 can only be about the merchant. "" where
// it does not, or where it answers so whoever is named.
func (r *Run) merchantRefused(ctx context.Context) string {
	var calls []call
	for i, c := range r.plan.MerchantProbes {
		made := r.call(ctx, c)
		forbidden := made.record.Answer != nil && made.record.Answer.Status == http.StatusForbidden
		if names := i < len(r.plan.MerchantProbes)-1; names != forbidden {
			return ""
		} else if names {
			calls = append(calls, made)
		}
	}
	if len(calls) == 0 {
		return ""
	}
	f := r.options.Settings.Fixtures
	return fmt.Sprintf("%s refuses the merchant of the fixtures (%s, merchants.main: %q): with a mandatory field missing, %s, where 400 is right if the merchant is that of the keys; nothing else was sent",
		r.document.Target, f.File, f.Merchants["main"], r.seen(calls))
}
