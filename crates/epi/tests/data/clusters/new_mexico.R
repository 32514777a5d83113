# Rscript new_mexico.R, beside NMcas.rda and NMpop.rda of rsatscan 1.0.9: what is expected if each age and sex had the same rate everywhere and always.
load("NMcas.rda"); load("NMpop.rda")
yrs<-73:91
P<-aggregate(population~county+year+agegroup+sex,NMpop,sum)
key<-unique(P[,c("county","agegroup","sex")])
out<-NULL
for(i in 1:nrow(key)){q<-P[P$county==key$county[i]&P$agegroup==key$agegroup[i]&P$sex==key$sex[i],]; v<-approx(q$year,q$population,yrs)$y; out<-rbind(out,data.frame(key[i,],year=yrs,pop=v,row.names=NULL))}
cs<-aggregate(cases~agegroup+sex,NMcas,sum); pp<-aggregate(pop~agegroup+sex,out,sum)
m<-merge(pp,cs,all.x=TRUE); m$cases[is.na(m$cases)]<-0; m$rate<-m$cases/m$pop
o<-merge(out,m[,c("agegroup","sex","rate")]); o$e<-o$pop*o$rate
E<-xtabs(e~county+year,o); cat(sum(E),"\n")
write.csv(data.frame(county=rownames(E),expected=round(rowSums(E),6)),"new_mexico_by_county.csv",row.names=F,quote=F)
write.csv(data.frame(year=1900+yrs,expected=round(colSums(E),6)),"new_mexico_by_year.csv",row.names=F,quote=F)
