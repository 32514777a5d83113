# Reference values for delays: coarseDataTools 0.7.2 (its R files sourced), on its data sets; and a direct likelihood with truncation.
# Usage: Rscript reference.R DIRECTORY-OF-COARSEDATATOOLS DIRECTORY-OF-THE-RESULTS
args <- commandArgs(TRUE)
library(methods)
for (f in c("S4stuff.R", "get.obs.type.R", "dic.fit.R")) source(file.path(args[1], "R", f))
out <- function(d, name) write.csv(d, file.path(args[2], name), row.names = FALSE, quote = FALSE)
load(file.path(args[1], "data", "fluA.inc.per.rda"))
load(file.path(args[1], "data", "nycH1N1.rda"))

windows <- function(d) {
  d <- as.data.frame(d)[, c("EL", "ER", "SL", "SR", "type")]
  u <- aggregate(n ~ EL + ER + SL + SR + type, cbind(d, n = 1), sum)
  u[order(u$EL, u$ER, u$SL, u$SR), ]
}
data <- list(fluA = windows(fluA.inc.per), nycH1N1 = windows(nycH1N1))
for (n in names(data)) out(data[[n]], paste0(n, ".csv"))

fits <- NULL
for (n in names(data)) for (dist in c("G", "L", "W")) {
  d <- as.matrix(data[[n]][rep(seq_len(nrow(data[[n]])), data[[n]]$n), c("EL", "ER", "SL", "SR", "type")])
  o <- list(par = if (dist == "G") log(c(4, 0.5)) else if (dist == "L") c(log(2), log(log(1.6))) else log(c(2, 2)))
  for (k in 1:4) o <- optim(o$par, loglikhd, dat = d, dist = dist, control = list(reltol = 1e-15, maxit = 5000))
  p <- dist.optim.untransform(dist, o$par)
  fits <- rbind(fits, data.frame(data = n, dist = dist, par1 = p[1], par2 = p[2], loglik = -o$value))
}
out(format(fits, digits = 10), "coarse.csv")

# Days of events with a growing number of first events, cut off at the end of day 29; the likelihood by numerical integration (integrate).
set.seed(20221120)
first <- rep(0:29, times = round(3 * exp(0.12 * (0:29))))
p <- first + runif(length(first))
s <- p + rgamma(length(p), shape = 2.2, scale = 3)
seen <- floor(s) <= 29
u <- aggregate(n ~ first + second, data.frame(first = floor(p[seen]), second = floor(s[seen]), n = 1), sum)
out(u, "truncated.csv")
cdf <- list(G = function(x, a) pgamma(x, exp(a[1]), scale = exp(a[2])), L = function(x, a) plnorm(x, a[1], exp(a[2])), W = function(x, a) pweibull(x, exp(a[1]), exp(a[2])))
mean_over <- function(f, r) {
  g <- function(q) exp(r * q)
  integrate(function(q) f(q) * g(q), 0, 1, rel.tol = 1e-10)$value / integrate(g, 0, 1, rel.tol = 1e-10)$value
}
nll <- function(a, F, r, until) {
  d <- u$second - u$first
  num <- sapply(0:max(d), function(k) mean_over(function(q) F(k + 1 - q, a) - F(k - q, a), r))
  den <- sapply(0:29, function(f) if (is.na(until)) 1 else mean_over(function(q) F(until - f - q, a), r))
  -sum(u$n * log(num[d + 1])) + sum(u$n * log(den[u$first + 1]))
}
fits <- NULL
for (r in c(0, 0.12)) for (until in c(30, NA)) for (dist in names(cdf)) {
  start <- list(G = log(c(2, 3)), L = c(1.6, log(0.7)), W = log(c(1.5, 6)))[[dist]]
  o <- list(par = start)
  for (k in 1:3) o <- optim(o$par, nll, F = cdf[[dist]], r = r, until = until, control = list(reltol = 1e-14, maxit = 2000))
  p <- if (dist == "L") c(o$par[1], exp(o$par[2])) else exp(o$par)
  fits <- rbind(fits, data.frame(growth = r, until = until, dist = dist, par1 = p[1], par2 = p[2], loglik = -o$value))
}
out(format(fits, digits = 10), "truncated_fits.csv")
