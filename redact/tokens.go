package redact

import "sync"

// alphabet is a set of bytes.
type alphabet [256]bool

func newAlphabet(ranges string) *alphabet {
	var a alphabet
	for i := 0; i < len(ranges); i++ {
		if i+2 < len(ranges) && ranges[i+1] == '-' {
			for c := int(ranges[i]); c <= int(ranges[i+2]); c++ {
				a[c] = true
			}
			i += 2
			continue
		}
		a[ranges[i]] = true
	}
	return &a
}

var (
	lowerHex  = newAlphabet("0-9a-f")
	anyHex    = newAlphabet("0-9a-fA-F")
	capitals  = newAlphabet("0-9A-Z")
	alphanum  = newAlphabet("0-9A-Za-z")
	words     = newAlphabet("0-9A-Za-z_")
	urlSafe   = newAlphabet("0-9A-Za-z_-") // base64url
	dotted    = newAlphabet("0-9A-Za-z_.-")
	padded    = newAlphabet("0-9A-Za-z_=.-")
	base64Set = newAlphabet("0-9A-Za-z+/=")
	anyBase64 = newAlphabet("0-9A-Za-z+/=_-")
)

// token is a kind of secret that its issuer gives a prefix to, so that it can be found.
type token struct {
	issuer   string
	prefixes string // divided by blanks
	rest     *alphabet
	min      int // how many bytes of rest must follow, which is a little less than the issuer documents
	max      int // and may follow; 0: any number
	// plain says that a word of a language may follow such a prefix. A digit and a letter are asked for then.
	plain bool
}

// tokens are those that issuers document, by the pages on their token formats and on secret scanning. Keys that are meant
// to be public (pk_live_ of Stripe, phc_ of PostHog) are left alone.
var tokens = []token{
	// Clouds and their identities.
	{"AWS access key ids", "AKIA ASIA ABIA ACCA", capitals, 16, 16, false},
	{"AWS Bedrock", "ABSK", base64Set, 60, 0, true},
	{"Google API keys", "AIza", urlSafe, 35, 0, false},
	{"Google OAuth", "ya29. GOCSPX- 1//0", urlSafe, 20, 0, true},
	{"Alibaba Cloud", "LTAI", alphanum, 17, 24, true},
	{"DigitalOcean", "dop_v1_ doo_v1_ dor_v1_", lowerHex, 32, 0, false},
	{"Yandex Cloud", "AQVN y0_", urlSafe, 35, 0, true},
	{"Fly.io", "fm1_ fm1a_ fm1r_ fm2_ fo1_", base64Set, 40, 0, false},
	{"Heroku", "HRKU-", urlSafe, 36, 0, true},
	{"Cloudflare origin CA", "v1.0-", newAlphabet("0-9a-f-"), 120, 0, false},
	{"Scalingo", "tk-us-", urlSafe, 40, 0, true},
	{"Netlify", "nfp_", alphanum, 36, 0, false},
	{"Render, Railway", "rnd_", alphanum, 24, 0, true},
	{"Neon", "napi_", alphanum, 40, 0, true},
	{"OpenShift", "sha256~", urlSafe, 40, 0, false},
	// Code, packages, builds.
	{"GitHub", "ghp_ gho_ ghu_ ghs_ ghr_", alphanum, 30, 0, false},
	{"GitHub, fine-grained", "github_pat_", words, 20, 0, false},
	{"GitLab", "glpat- gloas- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glsoat- glffct- glwt-", dotted, 16, 0, false},
	{"GitLab runners, older", "GR1348941", urlSafe, 18, 0, false},
	{"Bitbucket", "ATBB", alphanum, 24, 0, true},
	{"Atlassian", "ATATT3 ATCTT3", padded, 40, 0, false},
	{"npm", "npm_", alphanum, 36, 0, false},
	{"PyPI", "pypi-", urlSafe, 32, 0, true},
	{"RubyGems", "rubygems_", lowerHex, 40, 0, false},
	{"crates.io", "cio", alphanum, 32, 32, true},
	{"Docker Hub", "dckr_pat_ dckr_oat_", urlSafe, 20, 0, false},
	{"Clojars", "CLOJARS_", alphanum, 40, 0, false},
	{"JFrog", "AKCp cmVmdGtuO", alphanum, 50, 0, true},
	{"CircleCI", "CCIPAT_ CCIPRJ_", words, 40, 0, false},
	{"Buildkite", "bkua_ bkct_ bkaj_", alphanum, 30, 0, true},
	{"SonarQube", "squ_ sqp_ sqa_", alphanum, 40, 0, false},
	{"Sourcegraph", "sgp_", words, 40, 0, true},
	{"Prefect", "pnu_", alphanum, 36, 0, false},
	{"Pulumi", "pul-", lowerHex, 40, 0, false},
	{"Infracost", "ico-", alphanum, 32, 32, true},
	{"Harness", "pat. sat.", dotted, 50, 0, true},
	{"Doppler", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", dotted, 20, 0, true},
	{"1Password", "ops_eyJ", anyBase64, 60, 0, false},
	{"Vault", "hvs. hvb. hvr.", urlSafe, 20, 0, true},
	{"Vault, older", "s.", alphanum, 24, 24, true},
	{"age", "AGE-SECRET-KEY-1", capitals, 50, 0, false},
	{"Tailscale", "tskey-", urlSafe, 16, 0, true},
	{"Snyk, Mend", "snyk_uat.", dotted, 30, 0, true},
	{"LaunchDarkly", "sdk- mob-", newAlphabet("0-9a-f-"), 36, 36, true},
	// Messages and mail.
	{"Slack", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xoxc- xoxd- xoxe.xoxp- xoxe.xoxb-", urlSafe, 10, 0, false},
	{"Slack apps", "xapp-", urlSafe, 10, 0, true},
	{"SendGrid", "SG.", dotted, 40, 0, true},
	{"Brevo", "xkeysib- xsmtpsib-", urlSafe, 60, 0, false},
	{"Mailgun", "key- pubkey-", lowerHex, 32, 32, true},
	{"Twilio", "SK", lowerHex, 32, 32, true},
	{"Resend", "re_", words, 30, 0, true},
	{"Typeform", "tfp_", padded, 40, 0, true},
	// Payment and shops.
	{"Stripe", "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_", alphanum, 10, 0, false},
	{"Stripe and Svix webhooks", "whsec_", base64Set, 20, 0, true},
	{"Square", "sq0csp- sq0atp- sq0idp-", urlSafe, 20, 0, false},
	{"Square, Facebook", "EAA", alphanum, 55, 0, true},
	{"Shopify", "shpat_ shpca_ shppa_ shpss_", anyHex, 32, 0, false},
	{"EasyPost", "EZAK EZTK", alphanum, 54, 54, false},
	{"Razorpay", "rzp_live_ rzp_test_", alphanum, 14, 0, false},
	{"Shippo", "shippo_live_ shippo_test_", lowerHex, 40, 40, false},
	{"Plaid", "access-sandbox- access-development- access-production-", newAlphabet("0-9a-f-"), 36, 36, false},
	{"Flutterwave", "FLWSECK_TEST- FLWSECK-", alphanum, 12, 0, true},
	{"Duffel", "duffel_test_ duffel_live_", padded, 40, 0, false},
	// Models.
	{"OpenAI, Anthropic, DeepSeek, OpenRouter, Langfuse", "sk-", urlSafe, 20, 0, true},
	{"Hugging Face", "hf_ api_org_", alphanum, 30, 0, false},
	{"Groq", "gsk_", alphanum, 40, 0, true},
	{"Replicate", "r8_", alphanum, 32, 0, true},
	{"Perplexity", "pplx-", alphanum, 40, 0, false},
	{"xAI", "xai-", alphanum, 60, 0, false},
	{"NVIDIA", "nvapi-", urlSafe, 50, 0, true},
	{"ElevenLabs", "sk_", lowerHex, 48, 48, true},
	// Watching and data.
	{"Grafana", "glsa_ glc_", anyBase64, 32, 0, true},
	{"New Relic", "NRAK- NRJS- NRII- NRAA- NRIQ- NRRA-", urlSafe, 19, 0, true},
	{"Sentry", "sntrys_ sntryu_", anyBase64, 40, 0, true},
	{"Dynatrace", "dt0c01. dt0s01. dt0s16.", dotted, 60, 0, false},
	{"Honeycomb", "hcaik_ hcbik_ hcxik_ hcxlk_ hcalk_", alphanum, 40, 0, false},
	{"Databricks", "dapi", lowerHex, 32, 32, true},
	{"PlanetScale", "pscale_pw_ pscale_tkn_ pscale_oauth_", padded, 32, 0, true},
	{"Supabase", "sbp_ sb_secret_", words, 31, 0, true},
	{"MongoDB Atlas", "mdb_sa_sk_", urlSafe, 40, 0, false},
	// Office.
	{"Notion", "secret_ ntn_", alphanum, 40, 0, true},
	{"Linear", "lin_api_ lin_oauth_", alphanum, 30, 0, false},
	{"Airtable", "pat", newAlphabet("0-9A-Za-z."), 79, 79, true},
	{"Figma", "figd_ figu_ figo_", urlSafe, 36, 0, true},
	{"Postman", "PMAK-", newAlphabet("0-9a-f-"), 55, 0, false},
	{"HubSpot", "pat-na1- pat-na2- pat-eu1-", newAlphabet("0-9a-f-"), 36, 36, false},
	{"Contentful", "CFPAT-", urlSafe, 40, 0, false},
	{"ReadMe", "rdme_", alphanum, 60, 0, false},
	{"Dropbox", "sl.", urlSafe, 120, 0, true},
	{"Mapbox", "sk.eyJ", dotted, 40, 0, false},
	{"Adobe", "p8e-", alphanum, 32, 32, true},
	{"Adafruit", "aio_", alphanum, 28, 28, true},
	{"Frame.io", "fio-u-", padded, 60, 0, true},
	// Base64 of "-----BEGIN" and of {"auths": what Secrets and kubeconfigs hold.
	{"PEM in base64", "LS0tLS1CRUdJTi", anyBase64, 1, 0, false},
	{"dockerconfigjson in base64", "eyJhdXRocyI ewogICJhdXRocyI ewoJImF1dGhzI", anyBase64, 1, 0, false},
}

// thePrefixes look for the prefixes of tokens. The hint of each is the number of its token, counted from 1.
var thePrefixes = sync.OnceValue(func() *finder {
	var all []word
	for i := range tokens {
		all = appendWords(all, hints(i+1), tokens[i].prefixes)
	}
	return newFinder(all)
})

// appendTokens finds the tokens that are known by their prefix.
func appendTokens(found []span, line string) []span {
	f := thePrefixes()
	behind := map[word]int{} // where the last text with this prefix ended: within it, none of the same kind begins
	state := uint32(0)
	for i := range len(line) {
		state = f.next[state>>1+uint32(f.class[line[i]])]
		if state&1 == 0 {
			continue
		}
		for _, w := range f.says[state>>1/f.width].words {
			start := i + 1 - len(w.text)
			if start < behind[w] || line[start:i+1] != w.text {
				continue
			}
			end, ok := tokens[w.hint-1].endsAt(line, start, i+1)
			if behind[w] = end; ok {
				found = append(found, span{start, end})
			}
		}
	}
	return found
}

// endsAt says where the text that goes on at rest, behind a prefix at start, ends, and whether it is such a token.
func (t *token) endsAt(line string, start, rest int) (int, bool) {
	end := rest
	for end < len(line) && t.rest[line[end]] {
		end++
	}
	switch n := end - rest; {
	case start > 0 && isWordByte(line[start-1]) && isWordByte(line[start]):
	case n < t.min, t.max > 0 && n > t.max:
	case t.max > 0 && end < len(line) && isWordByte(line[end]):
	case t.plain && !mixed(line[rest:end]):
	default:
		return end, true
	}
	return end, false
}

// mixed says that a text has digits and letters.
func mixed(s string) bool {
	var digit, letter bool
	for i := 0; i < len(s); i++ {
		digit = digit || isDigit(s[i])
		letter = letter || isLetter(s[i])
	}
	return digit && letter
}
