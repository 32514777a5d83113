# Debian 12: R 4.2, r-cran-surveillance 1.20.3. Rscript make.R, in this folder.
suppressMessages(library(surveillance))
options(digits = 17, warn = -1)
out <- function(x, name) write.csv(x, name, row.names = FALSE, quote = FALSE)

data(salmonella.agona)
agona <- disProg2sts(salmonella.agona)
out(data.frame(count = as.vector(observed(agona))), "agona.csv")

ears <- data.frame(t = 1:nrow(agona))
for (m in c("C1", "C2")) {
  s <- earsC(agona, control = list(method = m))
  at <- (nrow(agona) - nrow(s) + 1):nrow(agona)
  ears[[paste0(m, "_upper")]] <- NA; ears[[paste0(m, "_upper")]][at] <- as.vector(upperbound(s))
  ears[[paste0(m, "_alarm")]] <- NA; ears[[paste0(m, "_alarm")]][at] <- as.vector(alarms(s)) + 0
}
# C3 by the formula of the manual (?earsC): mean + sd * (z - sum of max(0, C2 - 1) of the last two). The code has the count for the mean.
x <- as.vector(observed(agona)); z <- qnorm(0.975)
past <- function(t) x[(t - 9):(t - 3)]
c2 <- function(t) { p <- past(t); if (x[t] > mean(p)) (x[t] - mean(p)) / sd(p) else 0 }
c3 <- sapply(seq_along(x), function(t) if (t < 12) NA else {
  e <- max(0, c2(t - 1) - 1) + max(0, c2(t - 2) - 1)
  if (is.finite(e)) max(0, mean(past(t)) + sd(past(t)) * (z - e)) else 0 })
ears$C3_upper <- c3; ears$C3_alarm <- (x > c3) + 0
out(ears, "ears.csv")

range <- 105:312
cus <- data.frame(t = range)
for (tr in c("standard", "rossi")) {
  s <- algo.cusum(salmonella.agona, control = list(range = range, k = 1.04, h = 2.26, m = NULL, trans = tr))
  cus[[paste0(tr, "_upper")]] <- s$upperbound; cus[[paste0(tr, "_alarm")]] <- as.vector(s$alarm) + 0
}
out(cus, "cusum.csv")

flex <- function(sts, control, name) {
  s <- farringtonFlexible(sts, control = control)
  out(data.frame(t = control$range, expected = as.vector(s@control$expected), upper = as.vector(upperbound(s)), alarm = as.vector(alarms(s)) + 0), name)
}
data(salmNewport)
newport <- aggregate(salmNewport, by = "unit")
out(data.frame(date = as.character(as.Date(epoch(newport), origin = "1970-01-01")), count = as.vector(observed(newport))), "newport.csv")
original <- list(b = 5, w = 3, noPeriods = 1, reweight = TRUE, weightsThreshold = 1, alpha = 0.05, trend = TRUE, pThresholdTrend = 0.05,
  thresholdMethod = "delta", powertrans = "2/3", pastWeeksNotIncluded = 3, limit54 = c(5, 4))
improved <- list(b = 5, w = 3, noPeriods = 10, reweight = TRUE, weightsThreshold = 2.58, alpha = 0.05, trend = TRUE, pThresholdTrend = 1,
  thresholdMethod = "nbPlugin", pastWeeksNotIncluded = 26, limit54 = c(5, 4))
flex(agona, c(list(range = 271:312), original), "agona_original.csv")
flex(agona, c(list(range = 271:312), improved), "agona_improved.csv")
n <- nrow(newport)
flex(newport, c(list(range = (n - 103):n), original), "newport_original.csv")
flex(newport, c(list(range = (n - 103):n), improved), "newport_improved.csv")
