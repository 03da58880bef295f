package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
)

// Seal ends the making of a plan: its obligations are found by their ids, and its
// digest is that of everything that obligations and cases show.
func (p *Plan) Seal() {
	p.at = make(map[string]int, len(p.Obligations))
	d := digester{}
	sum := sha256.New()
	d.number(len(p.Obligations), len(p.Cases))
	d.flush(sum)
	for i, o := range p.Obligations {
		p.at[o.ID] = i
		d.text(o.ID, o.Sentence, o.Unsupported, o.Lacks)
		d.texts(o.Cases)
		d.flush(sum)
	}
	for _, c := range p.Cases {
		d.planned(c)
		d.flush(sum)
	}
	p.Digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// digester holds values written so that two that differ are written otherwise:
// each text and each list with its length before it. A test changes every field
// of a plan in turn: one that is not written here is found.
type digester []byte

func (d *digester) flush(sum hash.Hash) {
	sum.Write(*d) // never fails
	*d = (*d)[:0]
}

func (d *digester) number(list ...int) {
	for _, n := range list {
		*d = binary.AppendVarint(*d, int64(n))
	}
}

func (d *digester) flag(list ...bool) {
	for _, b := range list {
		if b {
			*d = append(*d, 1)
		} else {
			*d = append(*d, 0)
		}
	}
}

func (d *digester) text(list ...string) {
	for _, s := range list {
		*d = binary.AppendVarint(*d, int64(len(s)))
		*d = append(*d, s...)
	}
}

func (d *digester) texts(list []string) {
	d.number(len(list))
	d.text(list...)
}

func (d *digester) planned(c *Case) {
	d.text(c.ID, c.Operation, c.Kind, c.Why)
	d.texts(c.Obligations)
	d.expect(&c.Expect)
	if d.flag(c.Fault != nil); c.Fault != nil {
		d.text(c.Fault.Pointer, c.Fault.Keyword, c.Fault.Sent, c.Fault.Allowed)
	}
	d.step(&c.Act)
	for _, list := range [][]Step{c.Prepare, c.Observe, c.Cleanup} {
		d.number(len(list))
		for i := range list {
			d.step(&list[i])
		}
	}
}

func (d *digester) expect(e *Expect) {
	if d.flag(e != nil); e == nil {
		return
	}
	d.number(len(e.Statuses))
	d.number(e.Statuses...)
	d.text(string(e.Ending), e.Same)
	d.number(len(e.Tolerated))
	for _, t := range e.Tolerated {
		d.number(t.Status, len(t.Where))
		d.text(t.Why)
		for _, pointer := range slices.Sorted(maps.Keys(t.Where)) {
			d.text(pointer, t.Where[pointer])
		}
	}
	if d.flag(e.Body != nil); e.Body != nil {
		d.text(fmt.Sprintf("%#v", e.Body)) // sorted by fmt
	}
	if d.flag(e.Order != nil); e.Order != nil {
		d.text(e.Order.List, e.Order.By)
		d.number(len(e.Order.Values))
		d.text(e.Order.Values...)
	}
}

func (d *digester) step(s *Step) {
	d.text(s.Name, s.Operation, s.URL, s.Label, s.Check, string(s.Ends))
	d.request(&s.Request)
	d.number(len(s.Capture))
	for _, c := range s.Capture {
		d.text(c.Name, c.Pointer)
		d.flag(c.Optional)
	}
	if d.flag(s.ReadBack != nil); s.ReadBack != nil {
		d.text(s.ReadBack.Rows, s.ReadBack.Field, string(s.ReadBack.Value), s.ReadBack.Parameter, s.ReadBack.Separator)
	}
	d.expect(s.Expect)
	d.number(s.Times)
	d.flag(s.HangUp, s.Fresh, s.Await != nil)
	if s.Await != nil {
		d.text(string(s.Await.About), s.Await.Place)
		d.number(s.Await.Times, s.Await.Most)
		d.flag(s.Await.Never)
	}
}

func (d *digester) request(r *Request) {
	d.text(r.Method, string(r.Path), string(r.Body))
	d.flag(r.HasBody)
	for _, list := range [][]Field{r.Query, r.Header} {
		d.number(len(list))
		for _, f := range list {
			d.text(f.Name, string(f.Value))
		}
	}
}
