// `xmlFree` is a mutable global function pointer, which Swift 6 refuses; everything else is used as it is.
#ifndef CLIBXML2_SHIM_H
#define CLIBXML2_SHIM_H
#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/encoding.h>
#include <libxml/c14n.h>
#include <libxml/xmlIO.h>

static inline void clibxml2_free(void *p) { xmlFree(p); }
#endif
