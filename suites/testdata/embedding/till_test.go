// Package embedding_test is a suite of one's own, of another module, with the tree of
// qorcheck beside specs of its own.
package embedding_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"qorcheck/harness/cli"
	"qorcheck/suites"
)

func TestTill(t *testing.T) {
	RegisterFailHandler(Fail)
	c, err := cli.Configure("", []string{"--target", till.URL, "--spec", "openapi.yaml",
		"--requirements", "requirements.yaml", "--fixtures", fixtures()}, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	Describe("conformance", func() { suites.Declare(c.Plan(), c.Await) })
	suite, reporter := GinkgoConfiguration()
	plan, err := suites.Selected(c.Plan(), suite, reporter)
	if err != nil {
		t.Fatal(err)
	}
	BeforeSuite(func() { Expect(c.Start(plan)).To(Succeed()) })
	AfterSuite(func() { Expect(c.Stop()).To(Succeed()) })
	RunSpecs(t, "Till")
}

// till is the server under test; TILL breaks it.
var till = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	switch article := r.URL.Query().Get("article"); {
	case r.Header.Get("X-Till-Key") == "" && os.Getenv("TILL") != "open":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Header.Get("X-Till-Key") == "till-key-0815":
		w.WriteHeader(http.StatusForbidden)
	case article != "bread":
		w.WriteHeader(http.StatusBadRequest)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"cents": 250}`))
	}
}))

// fixtures names the file of the environment, when TILL says so one without a revoked key.
func fixtures() string {
	if os.Getenv("TILL") == "unrevoked" {
		return "unrevoked.yaml"
	}
	return "fixtures.yaml"
}

var _ = Describe("the till", func() {
	get := func(article string) int {
		r, err := http.NewRequest("GET", till.URL+"/price?article="+article, nil)
		Expect(err).NotTo(HaveOccurred())
		r.Header.Set("X-Till-Key", "till-key-4711")
		response, err := http.DefaultClient.Do(r)
		Expect(err).NotTo(HaveOccurred())
		Expect(response.Body.Close()).To(Succeed())
		return response.StatusCode
	}
	It("knows the price of bread", func() { Expect(get("bread")).To(Equal(200)) })
	It("has no iron", func() { Expect(get("iron")).To(Equal(400)) })
})
