# The service in one binary: docker build --tag tutela .
# Both stages stand on the same Debian, so that the binary finds the C library and OpenSSL that it was built against.

FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
# libpq with TLS, from source against the image's OpenSSL headers.
RUN cargo build --release --locked --bin tutela --no-default-features --features postgres-tls

FROM debian:bookworm-slim
# Versions are left to Debian on purpose: building the image anew brings security updates in.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 tutela \
    && useradd --uid 10001 --gid tutela --no-create-home --home-dir /var/lib/tutela --shell /usr/sbin/nologin tutela \
    && install --directory --owner tutela --group tutela --mode 0700 /var/lib/tutela
COPY --from=build /build/target/release/tutela /usr/local/bin/tutela
USER 10001:10001
# Where an embedded database and its files are kept, if one is used: mount a volume here, and another one where
# TUTELA_FILE_STORE names a directory elsewhere. The image itself holds no data and no keys.
WORKDIR /var/lib/tutela
ENV TUTELA_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/usr/local/bin/tutela", "health"]
ENTRYPOINT ["/usr/local/bin/tutela"]
CMD ["serve"]
