# syntax=docker/dockerfile:1
FROM node:24.21.0-bookworm-slim

ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/var/lib/flowgate
WORKDIR /opt/flowgate

# The image brings its own Node, so the one in optionalDependencies is left out.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  && npm cache clean --force \
  && install -d -o node -g node -m 0700 "$DATA_DIR"

COPY LICENSE app.yml ./
COPY src ./src

USER node
VOLUME ["/var/lib/flowgate"]
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
