# The node in a container. Everything it installs is pinned by hash in locks/.
#
#     docker build -t exchange-node .
#     docker run --rm exchange-node demo
#     docker run -v /srv/node:/node exchange-node serve
#
# /node is the folder that `exchange-node init` fills and the others work in; it must belong to 10001.

FROM python:3.11-slim AS build
WORKDIR /source
RUN python -m venv /opt/exchange-node
ENV PATH=/opt/exchange-node/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY locks/ locks/
RUN pip install --require-hashes -r locks/postgres.txt
COPY . .
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes -r locks/build.txt \
 && /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && pip install --no-index /wheels/*.whl \
 && pip check

FROM python:3.11-slim
COPY --from=build /opt/exchange-node /opt/exchange-node
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /node --shell /usr/sbin/nologin node \
 && install --directory --owner=node --group=node --mode=0700 /node
ENV PATH=/opt/exchange-node/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER node
WORKDIR /node
VOLUME /node
ENTRYPOINT ["exchange-node"]
CMD ["--help"]
