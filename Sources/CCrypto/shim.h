// Macros of libcrypto that Swift cannot call. pem.h stands before cms.h: otherwise PEM_read_bio_CMS does not exist.
#ifndef CCRYPTO_SHIM_H
#define CCRYPTO_SHIM_H
#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/cms.h>
#include <openssl/x509.h>
#include <openssl/rand.h>
#endif
