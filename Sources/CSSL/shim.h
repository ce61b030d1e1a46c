// libssl for the simulator only: a TLS server that asks for the client's certificate. Macros that Swift cannot call are wrapped.
#ifndef CSSL_SHIM_H
#define CSSL_SHIM_H
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
static inline long cssl_require_tls12(SSL_CTX *context) { return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION); }
static inline EVP_PKEY *cssl_new_key(void) { return EVP_EC_gen("P-256"); }
static inline int cssl_utf8_string(void) { return MBSTRING_UTF8; }
#endif
