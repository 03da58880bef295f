package sandbox

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

// kind is what a transaction does, in the words of the lists.
type kind string

const (
	sale          kind = "sale"
	authorization kind = "authorization"
	capture       kind = "capture"
	refund        kind = "refund"
	void          kind = "void"
)

const (
	approved = "approved"
	declined = "declined"
)

// transaction is one row of the books. Of the card only what a receipt may
// show is kept.
type transaction struct {
	ID          string          `json:"id"`
	Parent      string          `json:"parent,omitempty"` // what it captures, refunds or voids
	Merchant    string          `json:"merchant"`
	Kind        kind            `json:"kind"`
	PaymentType string          `json:"payment_type"`
	Status      string          `json:"status"` // approved or declined
	Code        string          `json:"code"`
	Amount      cents           `json:"amount"`
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

	seq int // its place in the books
}

// opens tells whether the transaction begins a payment and so uses up an order
// id. For the others an order id is a label.
func (t *transaction) opens() bool { return t.Parent == "" }

// counts tells whether the transaction's amount still moves money.
func (t *transaction) counts() bool { return t.Status == approved && !t.Voided }

// card is what is kept of a card.
type card struct {
	Brand string `json:"brand"`
	First string `json:"first"` // six digits
	Last  string `json:"last"`  // four digits
}

// hook is one registration for one event of one merchant.
type hook struct {
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

// memory is the first answer to a request that carried an idempotency key.
type memory struct {
	Client      string          `json:"client"`
	Key         string          `json:"key"`
	Fingerprint string          `json:"fingerprint"`
	Status      int             `json:"status"`
	Body        json.RawMessage `json:"body"`
}

// change is what one request does to the state: all of it happens, or none.
// A transaction with a known id replaces the one before, so do a token and a hook.
type change struct {
	Transactions []*transaction `json:"transactions,omitempty"`
	Tokens       []*token       `json:"tokens,omitempty"`
	Hooks        []*hook        `json:"hooks,omitempty"`
	Removed      []string       `json:"removed,omitempty"` // ids of hooks
	Memories     []memory       `json:"memories,omitempty"`
}

func (c change) empty() bool {
	return len(c.Transactions)+len(c.Tokens)+len(c.Hooks)+len(c.Removed)+len(c.Memories) == 0
}

// state is everything that the sandbox remembers: the sum of all changes. What
// it hands out is never altered afterwards, only replaced. With a file, each
// change is appended to it as one line of JSON before the request is answered;
// opening and closing write the whole state as a single one.
type state struct {
	sync.RWMutex
	transactions map[string]*transaction
	order        []string            // ids of transactions, oldest first
	children     map[string][]string // ids by parent, oldest first
	labels       map[label][]string  // ids by order id, oldest first
	tokens       map[string]*token   // by value
	hooks        []*hook             // oldest first
	memories     map[memoryKey]memory
	identify     func(count int) string // makes a new transaction's id, told how many there are

	path   string
	file   *os.File
	err    error // the first failure to write
	closed bool
}

type label struct{ merchant, order string }

type memoryKey struct{ client, key string }

// openState opens the state that a file keeps, or one in memory where the path is
// empty. With identify nil, ids of transactions are random.
func openState(path string, identify func(count int) string) (*state, error) {
	if identify == nil {
		identify = scattered
	}
	s := &state{
		identify:     identify,
		transactions: map[string]*transaction{},
		children:     map[string][]string{},
		labels:       map[label][]string{},
		tokens:       map[string]*token{},
		memories:     map[memoryKey]memory{},
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
// to a request that nobody got an answer to.
func (s *state) load() error {
	file, err := os.Open(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dec := json.NewDecoder(file)
	dec.DisallowUnknownFields() // a file of somebody else is not ours to replace
	for err == nil {
		var c change
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
func (s *state) compact() error {
	whole := change{Hooks: s.hooks}
	for _, value := range slices.Sorted(maps.Keys(s.tokens)) {
		whole.Tokens = append(whole.Tokens, s.tokens[value])
	}
	for _, id := range s.order {
		whole.Transactions = append(whole.Transactions, s.transactions[id])
	}
	for _, m := range s.memories {
		whole.Memories = append(whole.Memories, m)
	}
	slices.SortFunc(whole.Memories, func(a, b memory) int {
		return cmp.Or(strings.Compare(a.Client, b.Client), strings.Compare(a.Key, b.Key))
	})
	temporary, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(append(encodeJSON(whole), '\n'))
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), s.path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(temporary.Name()))
	}
	return err
}

// commit applies a change and stores it. The state must be locked.
func (s *state) commit(c change) {
	if c.empty() {
		return
	}
	s.apply(c)
	if s.file == nil || s.err != nil {
		return
	}
	if _, err := s.file.Write(append(encodeJSON(c), '\n')); err != nil {
		s.err = fmt.Errorf("state: %w", err)
	}
}

func (s *state) apply(c change) {
	for _, t := range c.Transactions {
		if before := s.transactions[t.ID]; before != nil {
			t.seq = before.seq
		} else {
			t.seq = len(s.order)
			s.order = append(s.order, t.ID)
			l := label{t.Merchant, t.OrderID}
			s.labels[l] = append(s.labels[l], t.ID)
			if t.Parent != "" {
				s.children[t.Parent] = append(s.children[t.Parent], t.ID)
			}
		}
		s.transactions[t.ID] = t
	}
	for _, t := range c.Tokens {
		s.tokens[t.Value] = t
	}
	for _, h := range c.Hooks {
		if i := slices.IndexFunc(s.hooks, func(before *hook) bool { return before.ID == h.ID }); i >= 0 {
			s.hooks[i] = h
		} else {
			s.hooks = append(s.hooks, h)
		}
	}
	for _, id := range c.Removed {
		s.hooks = slices.DeleteFunc(s.hooks, func(h *hook) bool { return h.ID == id })
	}
	for _, m := range c.Memories {
		s.memories[memoryKey{m.Client, m.Key}] = m
	}
}

// close writes the whole state once more and accepts no further change.
func (s *state) close() error {
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

// newID returns an id that no transaction has.
func (s *state) newID() string {
	for count := len(s.transactions); ; count++ {
		if id := s.identify(count); s.transactions[id] == nil {
			return id
		}
	}
}

// scattered is an id of fifteen digits. A neighbour of a known one is most likely unknown.
func scattered(int) string {
	return strconv.FormatInt(100_000_000_000_000+rand.Int64N(900_000_000_000_000), 10)
}

// orderUsed tells whether a payment of the merchant was opened with this order
// id.
func (s *state) orderUsed(merchant, order string) bool {
	return slices.ContainsFunc(s.labels[label{merchant, order}], func(id string) bool {
		return s.transactions[id].opens()
	})
}

// newestFirst puts ids of transactions in the order of lists, each once.
func (s *state) newestFirst(ids []string) []string {
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(s.transactions[b].seq, s.transactions[a].seq) })
	return slices.Compact(ids)
}
