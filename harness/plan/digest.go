package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"qorcheck/harness/group"
)

// Seal ends the making of a plan: its obligations are found by their ids, and its
// digest is that of every field of obligations and cases that JSON shows.
func (p *Plan) Seal() {
	p.index = make(map[string]int, len(p.Obligations))
	var parts []reflect.Value
	for i, o := range p.Obligations {
		p.index[o.ID] = i
		parts = append(parts, reflect.ValueOf(o))
	}
	for _, c := range p.Cases {
		parts = append(parts, reflect.ValueOf(c))
	}
	sum := sha256.New()
	fmt.Fprintln(sum, len(p.Obligations), len(p.Cases)) // writing a hash never fails
	for _, part := range digests(parts) {
		sum.Write(part[:])
	}
	p.Digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// digests makes the digest of each value, on all processors.
func digests(parts []reflect.Value) [][sha256.Size]byte {
	sums := make([][sha256.Size]byte, len(parts))
	workers := runtime.GOMAXPROCS(0)
	var working group.Group
	for first := range workers {
		working.Go(func() {
			d := digester{fields: map[reflect.Type][]int{}}
			for i := first; i < len(parts); i += workers {
				d.written = d.written[:0]
				d.value(parts[i])
				sums[i] = sha256.Sum256(d.written)
			}
		})
	}
	working.Wait()
	return sums
}

// digester writes values so that two that differ are written otherwise: each text
// and each list with its length before it.
type digester struct {
	written []byte
	fields  map[reflect.Type][]int // that JSON shows, by their indexes
}

func (d *digester) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		d.text(v.String())
	case reflect.Int, reflect.Int64:
		d.number(v.Int())
	case reflect.Uint64:
		d.written = binary.AppendUvarint(d.written, v.Uint())
	case reflect.Float64:
		d.written = binary.BigEndian.AppendUint64(d.written, math.Float64bits(v.Float()))
	case reflect.Bool:
		d.flag(v.Bool())
	case reflect.Slice:
		d.number(int64(v.Len()))
		for i := range v.Len() {
			d.value(v.Index(i))
		}
	case reflect.Pointer, reflect.Interface:
		if d.flag(!v.IsNil()); v.IsNil() {
			return
		}
		if v.Kind() == reflect.Interface { // true is another value than "true"
			d.text(v.Elem().Type().String())
		}
		d.value(v.Elem())
	case reflect.Map:
		d.entries(v)
	case reflect.Struct:
		for _, i := range d.fieldsOf(v.Type()) {
			d.value(v.Field(i))
		}
	default:
		panic(fmt.Sprintf("plan: digest of a %s", v.Type())) // a field of a new type
	}
}

// entries writes a map in the order of its keys.
func (d *digester) entries(v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	d.number(int64(len(keys)))
	for _, key := range keys {
		d.text(key.String())
		d.value(v.MapIndex(key))
	}
}

// fieldsOf lists the fields of a struct that JSON shows.
func (d *digester) fieldsOf(t reflect.Type) []int {
	list, known := d.fields[t]
	if !known {
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
				list = append(list, i)
			}
		}
		d.fields[t] = list
	}
	return list
}

func (d *digester) number(n int64) { d.written = binary.AppendVarint(d.written, n) }

func (d *digester) text(s string) {
	d.number(int64(len(s)))
	d.written = append(d.written, s...)
}

func (d *digester) flag(b bool) {
	if b {
		d.written = append(d.written, 1)
	} else {
		d.written = append(d.written, 0)
	}
}
