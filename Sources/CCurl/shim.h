#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <curl/curl.h>

/* Functions with a variable number of arguments do not import into Swift. The parentheses keep
   curl's macros of the same names away. */

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode ccurl_set_large(CURL *handle, CURLoption option, curl_off_t value) {
  return (curl_easy_setopt)(handle, option, value);
}

/* Copied by curl, except for CURLOPT_POSTFIELDS. */
static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode ccurl_set_receiver(CURL *handle, CURLoption option,
                                          curl_write_callback value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode ccurl_set_opener(CURL *handle, curl_opensocket_callback value) {
  return (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

/* Web addresses only, also behind a redirect. */
static inline CURLcode ccurl_set_web_only(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
  CURLcode code = (curl_easy_setopt)(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  if (code != CURLE_OK) return code;
  return (curl_easy_setopt)(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
  long web = CURLPROTO_HTTP | CURLPROTO_HTTPS;
  CURLcode code = (curl_easy_setopt)(handle, CURLOPT_PROTOCOLS, web);
  if (code != CURLE_OK) return code;
  return (curl_easy_setopt)(handle, CURLOPT_REDIR_PROTOCOLS, web);
#endif
}

/* Whoever gives a transfer up does not wait for a name server first. */
static inline CURLcode ccurl_set_quick_exit(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
  return (curl_easy_setopt)(handle, CURLOPT_QUICK_EXIT, 1L);
#else
  (void)handle;
  return CURLE_OK;
#endif
}

static inline CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) {
  return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLcode ccurl_get_large(CURL *handle, CURLINFO info, curl_off_t *value) {
  return (curl_easy_getinfo)(handle, info, value);
}

/* Belongs to the handle. */
static inline CURLcode ccurl_get_text(CURL *handle, CURLINFO info, char **value) {
  return (curl_easy_getinfo)(handle, info, value);
}

/* The address that curl is about to connect to. It is longer than the field that holds it. */
static inline const struct sockaddr *ccurl_address(const struct curl_sockaddr *address) {
  return &address->addr;
}

/* A macro with a cast does not import into Swift. */
static inline CURLcode ccurl_initialize(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif
