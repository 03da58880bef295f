package redact

// learned are secrets that came to be known after the redactor was made, such as access tokens.
type learned struct {
	values   []string
	replacer *replacer
	longest  int
}

// Learn adds a secret that is issued during a run. Texts that were redacted before it was
// issued do not hold it.
func (r *Redactor) Learn(value string) {
	if len(value) < minLength {
		return
	}
	for {
		before := r.learned.Load()
		after := &learned{values: []string{value}, longest: len(value)}
		if before != nil {
			after.values = append(after.values, before.values...)
			after.longest = max(before.longest, len(value))
		}
		replacements := map[string]string{}
		for _, known := range after.values {
			mark := r.numbers.mark(known)
			for _, form := range forms(known) {
				replacements[form] = mark
			}
		}
		after.replacer = longestFirst(replacements)
		if r.learned.CompareAndSwap(before, after) {
			return
		}
	}
}

// hideLearned redacts the secrets that were learned.
func (r *Redactor) hideLearned(text string) string {
	if l := r.learned.Load(); l != nil {
		return l.replacer.Replace(text)
	}
	return text
}

// cutMargin is how many bytes more than any secret has are kept where a text is cut.
func (r *Redactor) cutMargin() int {
	if l := r.learned.Load(); l != nil {
		return max(r.margin, 512+12*l.longest)
	}
	return r.margin
}
