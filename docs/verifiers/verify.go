// Package webhook verifies Cloudglass webhooks: Go 1.20+, standard library only.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const tolerance = 5 * time.Minute

// Verify tells whether a message came from Cloudglass. The body is the raw bytes, before any parsing.
func Verify(secret string, header http.Header, body []byte, now time.Time) error {
	values := make([]string, 3)
	for at, name := range []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
		found := header.Values(name)
		if len(found) != 1 || found[0] == "" {
			return errors.New(name + " must be there once")
		}
		values[at] = found[0]
	}
	id, timestamp, signatures := values[0], values[1], values[2]
	seconds, err := strconv.ParseUint(timestamp, 10, 48)
	if err != nil {
		return errors.New("Webhook-Timestamp is no number")
	}
	if age := now.Sub(time.Unix(int64(seconds), 0)); age > tolerance || age < -tolerance {
		return errors.New("Webhook-Timestamp is too old or too new")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return errors.New("the secret is not whsec_ and base64")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	expected := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	// Several while a secret is being rotated.
	for _, one := range strings.Split(signatures, " ") {
		if hmac.Equal(expected, []byte(one)) {
			return nil
		}
	}
	return errors.New("no signature matches")
}
