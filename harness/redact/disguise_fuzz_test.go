package redact

import "testing"

// What the detector hides it does not find again, whatever stands around it.
func FuzzNumbers(f *testing.F) {
	const card = "4571000000000001"
	n := NewNumbers([]string{card, "370000000000416"})
	for _, text := range []string{
		"", card, "4571 0000 0000 0001", "4571.0000.0000.0001", "4571\u200b0000\u00a00000\u00ad0001", "４５７１００００００００００0１",
		"457100000000000", `{"a":"45710000","b":"00000001"}`, "NDU3MTAwMDAwMDAwMDAwMQ==", "34:35:37:31", "&#52571000000000001", "4571000000000001370000000000416",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if hidden := n.hide(text); len(n.find(hidden)) > 0 {
			t.Errorf("%q is hidden as %q, which holds one still", text, hidden)
		}
		_ = n.Hold(text)
	})
}
