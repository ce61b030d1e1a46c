// Macros of libcrypto that Swift cannot call. pem.h stands before cms.h: otherwise PEM_read_bio_CMS does not exist.
#ifndef CCRYPTO_SHIM_H
#define CCRYPTO_SHIM_H
#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/cms.h>
#include <openssl/x509.h>
#include <openssl/ec.h>
#include <openssl/rand.h>

static inline void ccrypto_free(void *p) { OPENSSL_free(p); }
static inline int ccrypto_certificates_count(const STACK_OF(X509) *s) { return sk_X509_num(s); }
static inline X509 *ccrypto_certificate_at(const STACK_OF(X509) *s, int i) { return sk_X509_value(s, i); }
static inline void ccrypto_certificates_free(STACK_OF(X509) *s) { sk_X509_pop_free(s, X509_free); }
static inline int ccrypto_signers_count(const STACK_OF(CMS_SignerInfo) *s) { return sk_CMS_SignerInfo_num(s); }
static inline CMS_SignerInfo *ccrypto_signer_at(const STACK_OF(CMS_SignerInfo) *s, int i) { return sk_CMS_SignerInfo_value(s, i); }
#endif
