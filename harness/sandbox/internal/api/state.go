package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind is what a transaction does, as lists call it.
type Kind string

const (
	Sale          Kind = "sale"
	Authorization Kind = "authorization"
	Capture       Kind = "capture"
	Refund        Kind = "refund"
	Void          Kind = "void"
)

const (
	Approved = "approved"
	Declined = "declined"
)

// Transaction is one stored transaction. Of the card only what a receipt may
// show is stored.
type Transaction struct {
	ID          string          `json:"id"`
	Parent      string          `json:"parent,omitempty"` // what it captures, refunds or voids
	Merchant    string          `json:"merchant"`
	Kind        Kind            `json:"kind"`
	PaymentType string          `json:"payment_type"`
	Status      string          `json:"status"` // approved or declined
	Code        string          `json:"code"`
	Amount      Cents           `json:"amount"`
	OrderID     string          `json:"order_id"`
	Created     time.Time       `json:"created"`
	AuthCode    string          `json:"auth_code,omitempty"`
	Card        card            `json:"card"`
	Holder      string          `json:"holder,omitempty"`
	IPAddress   string          `json:"ip_address,omitempty"`
	Profile     string          `json:"profile,omitempty"` // of the token that it was paid by
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Voided      bool            `json:"voided,omitempty"`
	Settled     time.Time       `json:"settled,omitzero"`
	// Fails is the code with which an accepted capture will turn out
	// declined; on an authorization, the code for each of its captures.
	Fails string `json:"fails,omitempty"`
	// Ends are the codes with which its captures, refunds and voids end, by kind;
	// those of a kind that is not there end as they should.
	Ends map[Kind]string `json:"ends,omitempty"`

	seq int // position in the order of creation
}

// Opens reports whether the transaction begins a payment and so uses up an order
// id. For the others an order id is a label.
func (t *Transaction) Opens() bool { return t.Parent == "" }

// counts reports whether the transaction's amount still moves money.
func (t *Transaction) counts() bool { return t.Status == Approved && !t.Voided }

// card is the part of a card that may be stored.
type card struct {
	Brand string `json:"brand"`
	First string `json:"first"` // six digits
	Last  string `json:"last"`  // four digits
}

// Webhook is one registration for one event of one merchant.
type Webhook struct {
	ID          string    `json:"id"`
	Merchant    string    `json:"merchant"`
	Name        string    `json:"name"`
	URI         string    `json:"uri"`
	Event       string    `json:"event"`
	HeaderKey   string    `json:"header_key,omitempty"`
	HeaderValue string    `json:"header_value,omitempty"`
	Created     time.Time `json:"created"`
	Off         bool      `json:"off,omitempty"`
	Held        bool      `json:"held,omitempty"`
}

// memory is the first response to a request that carried an idempotency key.
type memory struct {
	Client      string          `json:"client"`
	Key         string          `json:"key"`
	Fingerprint string          `json:"fingerprint"`
	Status      int             `json:"status"`
	Body        json.RawMessage `json:"body"`
}

// Change is what one request does to the state: all of it happens, or none.
// A transaction with a known id replaces the one before, so do a token and a hook.
type Change struct {
	Transactions []*Transaction `json:"transactions,omitempty"`
	Tokens       []*Token       `json:"tokens,omitempty"`
	Hooks        []*Webhook     `json:"hooks,omitempty"`
	Removed      []string       `json:"removed,omitempty"` // ids of hooks
	Memories     []memory       `json:"memories,omitempty"`
}

func (c Change) empty() bool {
	return len(c.Transactions)+len(c.Tokens)+len(c.Hooks)+len(c.Removed)+len(c.Memories) == 0
}

// State is everything that the sandbox remembers: the sum of all changes. What
// it hands out is never altered afterwards, only replaced. With a file, each
// change is appended to it as one line of JSON before the request is answered;
// opening and closing write the whole state as a single one.
type State struct {
	sync.RWMutex
	Transactions map[string]*Transaction
	order        []string            // ids of transactions, oldest first
	Children     map[string][]string // ids by parent, oldest first
	Labels       map[Label][]string  // ids by order id, oldest first
	Tokens       map[string]*Token   // by value
	Hooks        []*Webhook          // oldest first
	Memories     map[MemoryKey]memory
	makeID       func(count int) string // makes a new transaction's id from how many there are

	path   string
	file   *os.File
	err    error // the first failure to write
	closed bool
}

type Label struct{ Merchant, Order string }

type MemoryKey struct{ Client, Key string }

// openState opens the state that a file keeps, or one in memory where the path is
// empty. With identify nil, ids of transactions are random.
func openState(path string, identify func(count int) string) (*State, error) {
	if identify == nil {
		identify = randomID
	}
	s := &State{
		makeID:       identify,
		Transactions: map[string]*Transaction{},
		Children:     map[string][]string{},
		Labels:       map[Label][]string{},
		Tokens:       map[string]*Token{},
		Memories:     map[MemoryKey]memory{},
		path:         path,
	}
	if path == "" {
		return s, nil
	}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("state %s: %w", path, err)
	}
	if err := s.compact(); err != nil {
		return nil, fmt.Errorf("state %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	s.file = file
	return s, nil
}

// load applies the changes in the file. A last line that was cut short belongs
// to a request that was never answered.
func (s *State) load() error {
	file, err := os.Open(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dec := json.NewDecoder(file)
	dec.DisallowUnknownFields() // a file that is no state must not be replaced
	for err == nil {
		var c Change
		if err = dec.Decode(&c); err == nil {
			s.apply(c)
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return errors.Join(err, file.Close())
}

// compact replaces the file by one that holds the whole state in one line.
func (s *State) compact() error {
	whole := Change{Hooks: s.Hooks}
	for _, value := range slices.Sorted(maps.Keys(s.Tokens)) {
		whole.Tokens = append(whole.Tokens, s.Tokens[value])
	}
	for _, id := range s.order {
		whole.Transactions = append(whole.Transactions, s.Transactions[id])
	}
	for _, m := range s.Memories {
		whole.Memories = append(whole.Memories, m)
	}
	slices.SortFunc(whole.Memories, func(a, b memory) int {
		return cmp.Or(strings.Compare(a.Client, b.Client), strings.Compare(a.Key, b.Key))
	})
	temporary, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(append(EncodeJSON(whole), '\n'))
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), s.path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(temporary.Name()))
	}
	return err
}

// Commit applies a change and stores it. The state must be locked.
func (s *State) Commit(c Change) {
	if c.empty() {
		return
	}
	s.apply(c)
	if s.file == nil || s.err != nil {
		return
	}
	if _, err := s.file.Write(append(EncodeJSON(c), '\n')); err != nil {
		s.err = fmt.Errorf("state: %w", err)
	}
}

func (s *State) apply(c Change) {
	for _, t := range c.Transactions {
		if before := s.Transactions[t.ID]; before != nil {
			t.seq = before.seq
		} else {
			t.seq = len(s.order)
			s.order = append(s.order, t.ID)
			l := Label{t.Merchant, t.OrderID}
			s.Labels[l] = append(s.Labels[l], t.ID)
			if t.Parent != "" {
				s.Children[t.Parent] = append(s.Children[t.Parent], t.ID)
			}
		}
		s.Transactions[t.ID] = t
	}
	for _, t := range c.Tokens {
		s.Tokens[t.Value] = t
	}
	for _, h := range c.Hooks {
		if i := slices.IndexFunc(s.Hooks, func(before *Webhook) bool { return before.ID == h.ID }); i >= 0 {
			s.Hooks[i] = h
		} else {
			s.Hooks = append(s.Hooks, h)
		}
	}
	for _, id := range c.Removed {
		s.Hooks = slices.DeleteFunc(s.Hooks, func(h *Webhook) bool { return h.ID == id })
	}
	for _, m := range c.Memories {
		s.Memories[MemoryKey{m.Client, m.Key}] = m
	}
}

// close writes the whole state once more and accepts no further change.
func (s *State) close() error {
	s.Lock()
	defer s.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.file == nil {
		return nil
	}
	err := s.err
	if cerr := s.compact(); cerr != nil {
		err = errors.Join(err, fmt.Errorf("state %s: %w", s.path, cerr))
	}
	if cerr := s.file.Close(); cerr != nil {
		err = errors.Join(err, fmt.Errorf("state: %w", cerr))
	}
	return err
}

// NewID returns an id that no transaction has.
func (s *State) NewID() string {
	for count := len(s.Transactions); ; count++ {
		if id := s.makeID(count); s.Transactions[id] == nil {
			return id
		}
	}
}

// randomID is an id of fifteen digits. A neighbour of a known one is most likely unknown.
func randomID(int) string {
	return strconv.FormatInt(100_000_000_000_000+rand.Int64N(900_000_000_000_000), 10)
}

// OrderUsed reports whether a payment of the merchant was opened with this order
// id.
func (s *State) OrderUsed(merchant, order string) bool {
	return slices.ContainsFunc(s.Labels[Label{merchant, order}], func(id string) bool {
		return s.Transactions[id].Opens()
	})
}

// newestFirst puts ids of transactions in the order of lists, each once.
func (s *State) newestFirst(ids []string) []string {
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(s.Transactions[b].seq, s.Transactions[a].seq) })
	return slices.Compact(ids)
}
