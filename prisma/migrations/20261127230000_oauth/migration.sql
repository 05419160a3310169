-- Signing in with Microsoft and Google (docs/decisions/0048-sign-in-with-microsoft-and-google.md).

CREATE TABLE "OAuthGrant" (
  "id" UUID NOT NULL,
  "provider" "AccountProvider" NOT NULL,
  "kind" TEXT NOT NULL,
  "tenant" TEXT NOT NULL DEFAULT '',
  "clientId" TEXT NOT NULL,
  "username" TEXT NOT NULL DEFAULT '',
  "subject" TEXT NOT NULL DEFAULT '',
  "accessTokenSealed" TEXT NOT NULL,
  "refreshTokenSealed" TEXT,
  "renewedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expiresAt" TIMESTAMPTZ(3) NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 0,
  "renewingUntil" TIMESTAMPTZ(3),
  "refusedAt" TIMESTAMPTZ(3),
  "failedAt" TIMESTAMPTZ(3),
  "createdById" UUID,
  "form" JSONB,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "OAuthGrant_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "OAuthGrant_createdAt_idx" ON "OAuthGrant" ("createdAt");

CREATE TABLE "OAuthSignIn" (
  "stateHash" TEXT NOT NULL,
  "sessionId" UUID NOT NULL,
  "provider" "AccountProvider" NOT NULL,
  "tenant" TEXT NOT NULL DEFAULT '',
  "clientId" TEXT NOT NULL,
  "redirectUri" TEXT NOT NULL,
  "verifierSealed" TEXT NOT NULL,
  "nonce" TEXT NOT NULL,
  "accountId" UUID,
  "isReconnect" BOOLEAN NOT NULL DEFAULT false,
  "email" TEXT NOT NULL,
  "form" JSONB,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expiresAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "OAuthSignIn_pkey" PRIMARY KEY ("stateHash")
);
ALTER TABLE "OAuthSignIn" ADD CONSTRAINT "OAuthSignIn_sessionId_fkey"
  FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "OAuthSignIn_sessionId_idx" ON "OAuthSignIn" ("sessionId");
CREATE INDEX "OAuthSignIn_expiresAt_idx" ON "OAuthSignIn" ("expiresAt");

ALTER TABLE "EmailAccount" ADD COLUMN "grantId" UUID,
  ADD COLUMN "signInLost" TEXT;
CREATE UNIQUE INDEX "EmailAccount_grantId_key" ON "EmailAccount" ("grantId");
ALTER TABLE "EmailAccount" ADD CONSTRAINT "EmailAccount_grantId_fkey"
  FOREIGN KEY ("grantId") REFERENCES "OAuthGrant" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
